import type { Context } from '../lib/context';
import { volumeOf } from '../volume/volume-of';
import { containerIds, loadRecordIfWhole } from './find';

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
