import { readdirSync } from 'node:fs';
import type { Context } from '../lib/context';
import type { IdMapping } from '../lib/id-mapping';
import type { Plan } from '../runtime/plan';
import { PLAN } from '../runtime/protocol';
import { addDisk, layerPaths, mountedDisk } from './container-disk';
import { rootMode } from './create-stage';
import { containerPaths } from './paths';
import type { ContainerRecord } from './record';
import { fuseOverlayfs, storageDriver } from './storage-driver';
import { volumeData } from '../volume/volume-backing';
import { loadVolume } from '../volume/volume-record';
import { addVolumeMounts } from './volume-mounts';
import { isUntouched } from './volume-owners';

/** The root file system on containers/<id>/merged, and what has to be done to volumes before they are mounted. */
export function addRootfs(plan: Plan, ctx: Context, record: ContainerRecord): void {
  const { merged } = containerPaths(ctx, record.id);
  addVolumeMounts(plan, ctx, record);
  addRootfsMount(plan, ctx, record);
  for (const mount of record.options.mounts) {
    if (mount.kind !== 'volume' || mount.noCopy) continue;
    const volume = loadVolume(ctx, mount.name);
    if (volume === undefined || volume.noCopy || !isUntouched(ctx, volume)) continue;
    plan.add('COPY_UP', merged, mount.target, volumeData(ctx, volume));
  }
}

/** The root file system alone. */
export function addRootfsMount(plan: Plan, ctx: Context, record: ContainerRecord): void {
  const paths = containerPaths(ctx, record.id);
  const { rootfs, autoRemove } = record.options;
  const disk = mountedDisk(record.options);
  if (rootfs && !rootfs.overlay) plan.add('ROOTFS_BIND', rootfs.directory, paths.merged);
  else {
    if (disk) addDisk(plan, ctx, record, rootMode(ctx, record));
    const places = { ...layerPaths(ctx, record), merged: paths.merged };
    const onDisk = disk ? { disk } : {};
    addOverlay(plan, ctx, { ...record, rootfs, paths: places, isTemporary: autoRemove, ...onDisk });
  }
}

/** Directories that are put on top of each other. */
export interface Stack extends Pick<ContainerRecord, 'lowers' | 'dataLowers' | 'idMaps'> {
  /** Instead of `lowers`: a directory of the user's, whose ids are what they are. */
  rootfs?: { directory: string } | undefined;
  paths: { upper: string; work: string; merged: string };
  /** Worth nothing after a power loss. */
  isTemporary: boolean;
  /** What its upper directory is on, which is mounted only then. The kernel's overlay takes none in an image. */
  disk?: 'image' | 'tmpfs';
}

/** A mount by the monitor, in the common user namespace, before the container is there. */
export function addOverlay(plan: Plan, ctx: Context, stack: Stack): void {
  const { root } = ctx.paths;
  const { rootfs, idMaps, dataLowers, paths, isTemporary } = stack;
  const { upper, work, merged } = paths;
  const lowers = rootfs ? [rootfs.directory] : stack.lowers.map((lower) => `${root}/${lower}`);
  const isShifted = idMaps !== undefined && dataLowers.length === 0 && !rootfs;
  if (isShifted || stack.disk === 'image' || storageDriver(ctx).name === 'fuse-overlayfs') {
    const what = stack.disk === 'image' ? 'size limit' : 'id map';
    const program = fuseOverlayfs(ctx, `the ${what} of this container needs fuse-overlayfs on this kernel`);
    const maps = isShifted ? idMaps : undefined;
    plan.add(
      'ROOTFS_FUSE',
      merged,
      ...fuseArguments(program, { lowers, upper, work, merged }, { maps, onImage: stack.disk === 'image' }),
    );
    return;
  }
  if (idMaps && (stack.disk !== undefined || readdirSync(upper).length === 0))
    addRootOwner(plan, upper, idMaps);
  const flags = PLAN.OVERLAY_USERXATTR | (isTemporary ? PLAN.OVERLAY_VOLATILE : 0);
  plan.add('ROOTFS_OVERLAY', merged, upper, work, flags, ...lowers);
  // metadata-only files name their data from there: /CHAIN/diff/PATH (native/tree_meta.h)
  if (dataLowers.length > 0) plan.add('ROOTFS_DATA', `${root}/layers`);
}

/** A new upper directory is what `/` looks like: it has to belong to the container's root. */
function addRootOwner(plan: Plan, upper: string, maps: { uids: IdMapping[]; gids: IdMapping[] }): void {
  const rootOf = (list: readonly IdMapping[]): number =>
    list.find(({ container }) => container === 0)?.host ?? 0;
  plan.add('CHOWN_TREE', upper, rootOf(maps.uids), rootOf(maps.gids));
}

/** fuse-overlayfs(1): in the foreground, as a child of the monitor. */
function fuseArguments(
  program: string,
  paths: { lowers: string[]; upper: string; work: string; merged: string },
  { maps, onImage }: { maps: { uids: IdMapping[]; gids: IdMapping[] } | undefined; onImage: boolean },
): string[] {
  const options = [`lowerdir=${paths.lowers.join(':')}`, `upperdir=${paths.upper}`, `workdir=${paths.work}`];
  if (maps) options.push(`uidmapping=${mappingText(maps.uids)}`, `gidmapping=${mappingText(maps.gids)}`);
  // fuse2fs has none, and its "not supported" would be an error of every file of others
  // and what finds no room there is told at once, not written back later for ever
  if (onImage) options.push('noacl', 'writeback=0');
  return [program, '-f', '-o', options.join(','), paths.merged];
}

/** Triples of the id in the container's files, the id outside, and how many. */
function mappingText(maps: readonly IdMapping[]): string {
  return maps.map(({ container, host, size }) => `${container}:${host}:${size}`).join(':');
}
