import { readdirSync, statSync } from 'node:fs';
import type { Context } from '../lib/context';
import type { IdMapping } from '../lib/id-mapping';
import type { Plan } from '../runtime/plan';
import type { UserMount } from '../volume/types';
import { containerPaths } from './paths';
import type { ContainerRecord } from './record';
import { statRootfs } from './rootfs-view';
import { rootView } from './spec/root-view';

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

/** Whether a volume still belongs to the root that made it: somebody else's was in use already, and is not filled again. */
export function isUntouched(ctx: Context, name: string): boolean {
  const path = `${ctx.paths.root}/volumes/${name}/_data`;
  return statSync(path).uid === ctx.uid && readdirSync(path).length === 0;
}

function isNewHere(ctx: Context, record: ContainerRecord, mount: UserMount): boolean {
  if (mount.kind !== 'volume' || !isUntouched(ctx, mount.name)) return false;
  return statRootfs(rootView(ctx, record), mount.target) === undefined;
}

function directory(
  ctx: Context,
  record: ContainerRecord,
  mount: Exclude<UserMount, { kind: 'tmpfs' | 'image' }>,
  index: number,
): string {
  if (mount.kind === 'bind') return mount.source;
  if (mount.kind === 'volume') return `${ctx.paths.root}/volumes/${mount.name}/_data`;
  // what lies below stays as it is: only the layer that is written to changes hands
  return mount.upper ?? `${containerPaths(ctx, record.id).directory}/overlay-${index}/upper`;
}

/** An id of the container as the common user namespace knows it. */
function inCommon(maps: readonly IdMapping[] | undefined, id: number): number {
  const map = maps?.find(({ container, size }) => id >= container && id < container + size);
  return map === undefined ? id : map.host + (id - map.container);
}
