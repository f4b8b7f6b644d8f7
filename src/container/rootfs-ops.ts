import { readdirSync } from 'node:fs';
import type { Context } from '../lib/context';
import type { IdMapping } from '../lib/id-mapping';
import type { Plan } from '../runtime/plan';
import { PLAN } from '../runtime/protocol';
import { containerPaths } from './paths';
import type { ContainerRecord } from './record';
import { fuseOverlayfs, storageDriver } from './storage-driver';
import { isUntouched } from './volume-owners';

/** The root file system on containers/<id>/merged, and what has to be done to volumes before they are mounted. */
export function addRootfs(plan: Plan, ctx: Context, record: ContainerRecord): void {
  const { merged } = containerPaths(ctx, record.id);
  addRootfsMount(plan, ctx, record);
  for (const mount of record.options.mounts) {
    if (mount.kind === 'volume' && !mount.noCopy && isUntouched(ctx, mount.name)) {
      plan.add('COPY_UP', merged, mount.target, `${ctx.paths.root}/volumes/${mount.name}/_data`);
    }
  }
}

/** The root file system alone. */
export function addRootfsMount(plan: Plan, ctx: Context, record: ContainerRecord): void {
  const { rootfs } = record.options;
  if (!rootfs || rootfs.overlay) return addOverlay(plan, ctx, record);
  plan.add('ROOTFS_BIND', rootfs.directory, containerPaths(ctx, record.id).merged);
}

function addOverlay(plan: Plan, ctx: Context, record: ContainerRecord): void {
  const { root } = ctx.paths;
  const { upper, work, merged } = containerPaths(ctx, record.id);
  const { rootfs, autoRemove } = record.options;
  const lowers = rootfs ? [rootfs.directory] : record.lowers.map((lower) => `${root}/${lower}`);
  const isShifted = record.idMaps !== undefined && record.dataLowers.length === 0 && !rootfs;
  if (isShifted || storageDriver(ctx).name === 'fuse-overlayfs') {
    const program = fuseOverlayfs(ctx, 'the id map of this container needs fuse-overlayfs on this kernel');
    const maps = isShifted ? record.idMaps : undefined;
    plan.add('ROOTFS_FUSE', merged, ...fuseArguments(program, { lowers, upper, work, merged }, maps));
    return;
  }
  if (record.idMaps && readdirSync(upper).length === 0) addRootOwner(plan, upper, record.idMaps);
  const flags = PLAN.OVERLAY_USERXATTR | (autoRemove ? PLAN.OVERLAY_VOLATILE : 0);
  plan.add('ROOTFS_OVERLAY', merged, upper, work, flags, ...lowers);
  // metadata-only files name their data from there: /CHAIN/diff/PATH (native/tree_meta.h)
  if (record.dataLowers.length > 0) plan.add('ROOTFS_DATA', `${root}/layers`);
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
  maps: { uids: IdMapping[]; gids: IdMapping[] } | undefined,
): string[] {
  const options = [`lowerdir=${paths.lowers.join(':')}`, `upperdir=${paths.upper}`, `workdir=${paths.work}`];
  if (maps) options.push(`uidmapping=${mappingText(maps.uids)}`, `gidmapping=${mappingText(maps.gids)}`);
  return [program, '-f', '-o', options.join(','), paths.merged];
}

/** Triples of the id in the container's files, the id outside, and how many. */
function mappingText(maps: readonly IdMapping[]): string {
  return maps.map(({ container, host, size }) => `${container}:${host}:${size}`).join(':');
}
