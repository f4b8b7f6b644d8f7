import { statSync, type Stats } from 'node:fs';
import type { Context } from '../lib/context';
import type { IdMapping } from '../lib/id-mapping';
import type { OciSpec } from '../runtime/oci-spec';
import { subordinateIds } from '../sys/subids';
import type { UserMount } from '../volume/types';
import type { ContainerRecord } from './record';
import { volumeDirectory } from './volumes/volume-owners';

type User = OciSpec['process']['user'];

const READ = 4;
const WRITE = 2;
const ENTER = 1;

/**
 * Says of each directory, file or volume that the container's user may not read what that comes from, in ids of the container
 * and of this machine, and what mends it. What may only not be written is told with `--log-level info`: that may be as wanted.
 */
export function warnOfAccess(ctx: Context, record: ContainerRecord, user: User): void {
  for (const mount of record.options.mounts) {
    const path = sourceOf(ctx, mount);
    const status = path === undefined ? undefined : lookAt(path);
    if (path === undefined || status === undefined) continue;
    const maps = mapsOf(ctx, record);
    const missing = missingAccess(status, user, maps);
    const isWritten = (mount.kind === 'bind' || mount.kind === 'volume') && !mount.readOnly;
    if (missing & (READ | ENTER)) ctx.log('warn', describe(path, 'read', { status, user, maps }));
    else if (missing & WRITE && isWritten) ctx.log('info', describe(path, 'write', { status, user, maps }));
  }
}

/** Maps of the container's ids to those of this machine. */
interface Maps {
  uids: readonly IdMapping[];
  gids: readonly IdMapping[];
}

function sourceOf(ctx: Context, mount: UserMount): string | undefined {
  if (mount.kind === 'bind') return mount.chown ? undefined : mount.source;
  // an empty one is given to the user, or filled
  if (mount.kind !== 'volume' || mount.chown) return undefined;
  return volumeDirectory(ctx, mount.name);
}

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function mapsOf(ctx: Context, { idMaps }: ContainerRecord): Maps {
  const identity = [{ container: 0, host: 0, size: 2 ** 32 }];
  const common = ctx.uid === 0 ? { uids: identity, gids: identity } : subordinateIds(ctx);
  if (idMaps === undefined) return common;
  return { uids: compose(idMaps.uids, common.uids), gids: compose(idMaps.gids, common.gids) };
}

/** Maps into the common user namespace, as maps to this machine; cut at the borders of its own. */
function compose(inner: readonly IdMapping[], outer: readonly IdMapping[]): IdMapping[] {
  return inner.flatMap(({ container, host, size }) =>
    outer.flatMap((map) => {
      const start = Math.max(host, map.container);
      const end = Math.min(host + size, map.container + map.size);
      if (start >= end) return [];
      return [
        { container: container + start - host, host: map.host + start - map.container, size: end - start },
      ];
    }),
  );
}

/** The id in the container; undefined where it has none. */
function inside(maps: readonly IdMapping[], id: number): number | undefined {
  const map = maps.find(({ host, size }) => id >= host && id < host + size);
  return map && map.container + id - map.host;
}

function outside(maps: readonly IdMapping[], id: number): number | undefined {
  const map = maps.find(({ container, size }) => id >= container && id < container + size);
  return map && map.host + id - map.container;
}

/** Bits that the user lacks, as the kernel looks at them: those of the owner, else of the group, else of all. */
function missingAccess(status: Stats, user: User, maps: Maps): number {
  const groups = [user.gid, ...(user.additionalGids ?? [])];
  const gid = inside(maps.gids, status.gid);
  let bits = status.mode & 7;
  if (inside(maps.uids, status.uid) === user.uid) bits = (status.mode >> 6) & 7;
  else if (gid !== undefined && groups.includes(gid)) bits = (status.mode >> 3) & 7;
  const wanted = READ | WRITE | (status.isDirectory() ? ENTER : 0);
  return wanted & ~bits;
}

function describe(
  path: string,
  action: string,
  { status, user, maps }: { status: Stats; user: User; maps: Maps },
): string {
  const owner = inside(maps.uids, status.uid);
  const seen = owner === undefined ? 'nobody (65534) in the container' : `${owner} in the container`;
  const host = outside(maps.uids, user.uid);
  const { uid, gid } = user;
  return (
    `the container's user ${uid} (${host ?? 'no id'} on this machine) may not ${action} "${path}", ` +
    `which belongs to ${status.uid} on this machine, ${seen}; to mend it: the option U of --volume gives it to that user, ` +
    `--userns keep-id:uid=${uid},gid=${gid} makes that user you, or: tspod unshare chown -R ${uid}:${gid} ${path}`
  );
}
