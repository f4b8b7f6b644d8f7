import { mkdirSync, readdirSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { mountOverlay, mountPoints, unmountAll } from '../../runtime/mounts';
import { addSharedMount } from '../../runtime/shared-mount';
import { runTree, runTreePlan, treePlan } from '../../runtime/tree';
import { checkDisk } from './container-disk';
import { containerIds, loadRecord, loadRecordIfWhole } from '../find';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';
import { addContainerDisk, containerStack, fuseWords } from './rootfs-ops';
import { isAlive, readState } from '../state/status';

/** A container's root file system and where it can be seen. */
export interface MountedContainer {
  id: string;
  name: string;
  path: string;
}

/**
 * Mounts a container's root file system, without its volumes, in this mount namespace, and says where. That of a running
 * one is mounted already, by its monitor: the path leads there. Error `machine`: fuse-overlayfs is needed and not there; `state`:
 * what it has written was in memory.
 */
export function mountContainer(ctx: Context, id: string): string {
  const record = loadRecord(ctx, id);
  const found = mountedAt(ctx, record, mountPoints());
  if (found !== undefined) return found;
  const { rootfs } = record.options;
  if (rootfs && !rootfs.overlay) return rootfs.directory;
  checkDisk(ctx, record);
  const fuse = fuseWords(ctx, containerStack(ctx, record));
  if (fuse) mountByFuse(ctx, record, fuse);
  else mountStopped(ctx, record);
  return containerPaths(ctx, id).merged;
}

/** First what has the disk, then fuse-overlayfs on it: each ends when the mount namespace of its mount does. */
function mountByFuse(ctx: Context, record: ContainerRecord, [program = '', ...words]: string[]): void {
  const { merged: target, runDirectory: place } = containerPaths(ctx, record.id);
  const what = `mounting container "${record.name}"`;
  const disk = treePlan(ctx);
  addContainerDisk(disk, ctx, record);
  runTreePlan(ctx, disk, what);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const plan = treePlan(ctx);
  addSharedMount(plan, {
    target,
    place,
    what: { type: 'fuse', image: target, argv: [program, '-f', ...words] },
  });
  runTreePlan(ctx, plan, what);
}

function mountStopped(ctx: Context, record: ContainerRecord): void {
  const { root } = ctx.paths;
  const { upper, work, merged } = containerPaths(ctx, record.id);
  const { rootfs } = record.options;
  // as at the first start (rootfs-ops.ts): what / looks like
  if (record.idMaps && readdirSync(upper).length === 0) {
    const [uid = 0, gid = 0] = [record.idMaps.uids, record.idMaps.gids].map(
      (maps) => maps.find(({ container }) => container === 0)?.host,
    );
    runTree(ctx, [{ op: 'chown', path: upper, uid, gid }]);
  }
  mountOverlay(ctx, {
    ...{ target: merged, upper, work },
    lowers: rootfs ? [rootfs.directory] : record.lowers.map((lower) => `${root}/${lower}`),
    ...(record.dataLowers.length > 0 ? { data: [`${root}/layers`] } : {}),
  });
}

/** Lets go of a container's root file system; a running one keeps it. */
export function unmountContainer(ctx: Context, id: string): void {
  const { merged, directory } = containerPaths(ctx, id);
  const points = mountPoints();
  const mounted = [merged, `${directory}/disk`].filter((path) => points.has(path));
  if (mounted.length > 0) unmountAll(ctx, mounted);
}

/** The containers whose root file system can be seen. */
export function mountedContainers(ctx: Context): MountedContainer[] {
  const points = mountPoints();
  return containerIds(ctx).flatMap((id) => {
    const record = loadRecordIfWhole(ctx, id);
    const path = record && mountedAt(ctx, record, points);
    return record === undefined || path === undefined ? [] : [{ id, name: record.name, path }];
  });
}

function mountedAt(ctx: Context, record: ContainerRecord, points: Set<string>): string | undefined {
  const { merged } = containerPaths(ctx, record.id);
  const state = readState(ctx, record.id);
  // the monitor has a mount namespace of its own
  if (isAlive(state)) return `/proc/${state.monitorPid}/root${merged}`;
  return points.has(merged) ? merged : undefined;
}
