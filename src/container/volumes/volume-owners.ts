import { existsSync, readdirSync, statSync } from 'node:fs';
import type { Context } from '../../lib/context';
import type { IdMapping } from '../../lib/id-mapping';
import type { Plan } from '../../runtime/plan';
import { UNUSED_MARK } from '../../volume/create-volume';
import type { UserMount } from '../../volume/types';
import { isDirectory, volumeData } from '../../volume/volume-backing';
import { loadVolume, volumePaths, type VolumeRecord } from '../../volume/volume-record';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';
import { statRootfs } from '../rootfs/rootfs-view';
import { rootView } from '../spec/root-view';

/**
 * The option U: volumes and directories are given to the container's user at each start, before they are mounted. A volume
 * that nothing was ever in is too, where the image has nothing whose owner it could take.
 */
export function addVolumeOwners(
  plan: Plan,
  ctx: Context,
  record: ContainerRecord,
  user: { uid: number; gid: number },
): void {
  const uid = inCommon(record.idMaps?.uids, user.uid);
  const gid = inCommon(record.idMaps?.gids, user.gid);
  for (const [index, mount] of record.options.mounts.entries()) {
    if (mount.kind === 'tmpfs' || mount.kind === 'image' || !(mount.chown || isNewHere(ctx, record, mount)))
      continue;
    plan.add('CHOWN_TREE', directory(ctx, record, mount, index), uid, gid);
  }
}

/**
 * Whether a volume still belongs to the root that made it: somebody else's was in use already, and is not filled again. What
 * has to be mounted first is looked at only then, by the helper.
 */
export function isUntouched(ctx: Context, volume: VolumeRecord): boolean {
  const { backing, owner } = volume;
  if (backing?.kind === 'image' || backing?.kind === 'tmpfs') return true;
  if (backing?.kind === 'device' || backing?.kind === 'layers') return false;
  const path = volumeData(ctx, volume);
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.isDirectory() !== true) return false;
  const names = readable(path);
  // of another owner, who lets nobody look: the helper sees whether it is empty
  if (names === undefined) return owner !== undefined;
  return names.length === 0 && (status.uid === ctx.uid || owner !== undefined);
}

function readable(path: string): string[] | undefined {
  try {
    return readdirSync(path);
  } catch {
    return undefined;
  }
}

function isNewHere(ctx: Context, record: ContainerRecord, mount: UserMount): boolean {
  if (mount.kind !== 'volume') return false;
  const volume = loadVolume(ctx, mount.name);
  if (volume === undefined || volume.owner !== undefined || !isOwn(ctx, volume)) return false;
  return statRootfs(rootView(ctx, record), mount.target) === undefined;
}

/** Whether its directory is the engine's to give away, and nobody's yet. */
function isOwn(ctx: Context, volume: VolumeRecord): boolean {
  if (isDirectory(volume.backing)) return isUntouched(ctx, volume);
  return (
    volume.backing.kind === 'image' && existsSync(`${volumePaths(ctx, volume.name).directory}/${UNUSED_MARK}`)
  );
}

function directory(
  ctx: Context,
  record: ContainerRecord,
  mount: Exclude<UserMount, { kind: 'tmpfs' | 'image' }>,
  index: number,
): string {
  if (mount.kind === 'bind') return mount.source;
  if (mount.kind === 'volume') return volumeDirectory(ctx, mount.name);
  // what lies below stays as it is: only the layer that is written to changes hands
  return mount.upper ?? `${containerPaths(ctx, record.id).directory}/overlay-${index}/upper`;
}

/** Where the content of the volume with this name is, once it is mounted. */
export function volumeDirectory(ctx: Context, name: string): string {
  return volumeData(ctx, loadVolume(ctx, name) ?? { name });
}

/** An id of the container as the common user namespace knows it. */
function inCommon(maps: readonly IdMapping[] | undefined, id: number): number {
  const map = maps?.find(({ container, size }) => id >= container && id < container + size);
  return map === undefined ? id : map.host + (id - map.container);
}
