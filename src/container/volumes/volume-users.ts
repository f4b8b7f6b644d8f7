import type { Context } from '../../lib/context';
import { inspectVolume } from '../../volume/inspect-volume';
import { volumeOf } from '../../volume/volume-of';
import { findVolume } from '../../volume/volume-record';
import { containerIds, loadRecordIfWhole } from '../find';
import { isAlive, readState } from '../state/status';

/** The names of the containers that use each volume. */
export function volumeUsers(ctx: Context): Map<string, string[]> {
  const users = new Map<string, string[]>();
  for (const id of containerIds(ctx)) {
    const record = loadRecordIfWhole(ctx, id);
    for (const mount of record?.options.mounts ?? []) {
      const volume = volumeOf(mount);
      if (volume !== undefined) users.set(volume, [...(users.get(volume) ?? []), record?.name ?? id]);
    }
  }
  return users;
}

/** In how many running containers each volume is. */
export function runningUses(ctx: Context): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of containerIds(ctx)) {
    if (!isAlive(readState(ctx, id))) continue;
    const mounts = loadRecordIfWhole(ctx, id)?.options.mounts ?? [];
    for (const name of new Set(mounts.flatMap((mount) => volumeOf(mount) ?? [])))
      counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** A volume in the words of `podman volume inspect`. Throws 'not-found'. */
export function describeVolume(ctx: Context, text: string): object {
  const volume = findVolume(ctx, text);
  return inspectVolume(ctx, volume, runningUses(ctx).get(volume.name) ?? 0);
}
