import { readdirSync } from 'node:fs';
import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { mountOverlay, mountPoints, unmountAll } from '../runtime/mounts';
import { runTree } from '../runtime/tree';
import { mountedDisk } from './container-disk';
import { containerIds, loadRecord, loadRecordIfWhole } from './find';
import { containerPaths } from './paths';
import type { ContainerRecord } from './record';
import { isAlive, readState } from './status';
import { storageDriver } from './storage-driver';

/** A container's root file system and where it can be seen. */
export interface MountedContainer {
  id: string;
  name: string;
  path: string;
}

/**
 * Mounts a container's root file system, without its volumes, in this mount namespace, and says where. That of a running
 * one is mounted already, by its monitor: the path leads there. Error `machine`: fuse-overlayfs would be needed.
 */
export function mountContainer(ctx: Context, id: string): string {
  const record = loadRecord(ctx, id);
  const found = mountedAt(ctx, record, mountPoints());
  if (found !== undefined) return found;
  const { rootfs } = record.options;
  if (rootfs && !rootfs.overlay) return rootfs.directory;
  const isShifted = record.idMaps !== undefined && record.dataLowers.length === 0 && !rootfs;
  if (isShifted || mountedDisk(record.options) || storageDriver(ctx).name === 'fuse-overlayfs') {
    throw new TspodError(
      'machine',
      `container "${record.name}" needs fuse-overlayfs: it can only be exported`,
      {
        hint: `tspod export ${record.name} | tar -x -C DIRECTORY`,
      },
    );
  }
  mountStopped(ctx, record);
  return containerPaths(ctx, id).merged;
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
  const { merged } = containerPaths(ctx, id);
  if (!mountPoints().has(merged)) return;
  unmountAll(ctx, [merged]);
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
