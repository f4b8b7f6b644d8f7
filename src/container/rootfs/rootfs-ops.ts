import { readdirSync } from 'node:fs';
import type { Context } from '../../lib/context';
import type { IdMapping } from '../../lib/id-mapping';
import type { Plan } from '../../runtime/plan';
import { PLAN } from '../../runtime/protocol';
import { addDisk, layerPaths, mountedDisk } from './container-disk';
import { rootMode } from '../create/create-stage';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';
import { fuseOverlayfs, storageDriver } from './storage-driver';
import { volumeData } from '../../volume/volume-backing';
import { loadVolume } from '../../volume/volume-record';
import { addVolumeMounts } from '../volumes/volume-mounts';
import { isUntouched } from '../volumes/volume-owners';

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
  const { merged } = containerPaths(ctx, record.id);
  const { rootfs } = record.options;
  if (rootfs && !rootfs.overlay) plan.add('ROOTFS_BIND', rootfs.directory, merged);
  else {
    addContainerDisk(plan, ctx, record);
    addOverlay(plan, ctx, containerStack(ctx, record));
  }
}

/** What the root file system of a container is put on, where it has a size limit. */
export function addContainerDisk(plan: Plan, ctx: Context, record: ContainerRecord): void {
  if (mountedDisk(record.options)) addDisk(plan, ctx, record, rootMode(ctx, record));
}

/** The directories of a container's root file system. */
export function containerStack(ctx: Context, record: ContainerRecord): Stack {
  const { rootfs, autoRemove: isTemporary } = record.options;
  const disk = mountedDisk(record.options);
  const paths = { ...layerPaths(ctx, record), merged: containerPaths(ctx, record.id).merged };
  return { ...record, rootfs, paths, isTemporary, ...(disk ? { disk } : {}) };
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
  const { idMaps, dataLowers, paths, isTemporary } = stack;
  const { upper, work, merged } = paths;
  const fuse = fuseWords(ctx, stack);
  if (fuse) {
    const [program = '', ...words] = fuse;
    plan.add('ROOTFS_FUSE', merged, program, '-f', ...words);
    return;
  }
  if (idMaps && (stack.disk !== undefined || readdirSync(upper).length === 0))
    addRootOwner(plan, upper, idMaps);
  const flags = PLAN.OVERLAY_USERXATTR | (isTemporary ? PLAN.OVERLAY_VOLATILE : 0);
  plan.add('ROOTFS_OVERLAY', merged, upper, work, flags, ...lowersOf(ctx, stack));
  // metadata-only files name their data from there: /CHAIN/diff/PATH (native/tree_meta.h)
  if (dataLowers.length > 0) plan.add('ROOTFS_DATA', `${ctx.paths.root}/layers`);
}

/**
 * The command line of fuse-overlayfs(1) for what the kernel's overlay cannot do; undefined: it can. With `-f` it stays in the
 * foreground. Error `machine`: it is not installed.
 */
export function fuseWords(ctx: Context, stack: Stack): string[] | undefined {
  const { rootfs, idMaps, dataLowers, disk, paths } = stack;
  const isShifted = idMaps !== undefined && dataLowers.length === 0 && !rootfs;
  if (!isShifted && disk !== 'image' && storageDriver(ctx).name !== 'fuse-overlayfs') return undefined;
  const what = disk === 'image' ? 'size limit' : 'id map';
  const program = fuseOverlayfs(ctx, `the ${what} of this container needs fuse-overlayfs on this kernel`);
  const maps = isShifted ? idMaps : undefined;
  const lowers = lowersOf(ctx, stack);
  return fuseArguments(program, { ...paths, lowers }, { maps, onImage: disk === 'image' });
}

function lowersOf(ctx: Context, { rootfs, lowers }: Stack): string[] {
  return rootfs ? [rootfs.directory] : lowers.map((lower) => `${ctx.paths.root}/${lower}`);
}

/** A new upper directory is what `/` looks like: it has to belong to the container's root. */
function addRootOwner(plan: Plan, upper: string, maps: { uids: IdMapping[]; gids: IdMapping[] }): void {
  const rootOf = (list: readonly IdMapping[]): number =>
    list.find(({ container }) => container === 0)?.host ?? 0;
  plan.add('CHOWN_TREE', upper, rootOf(maps.uids), rootOf(maps.gids));
}

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
  return [program, '-o', options.join(','), paths.merged];
}

/** Triples of the id in the container's files, the id outside, and how many. */
function mappingText(maps: readonly IdMapping[]): string {
  return maps.map(({ container, host, size }) => `${container}:${host}:${size}`).join(':');
}
