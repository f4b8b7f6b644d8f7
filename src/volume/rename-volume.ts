import { renameSync } from 'node:fs';
import type { Context } from '../lib/context';
import { isErrno, TspodError } from '../lib/errors';
import { recordEvent } from '../store/events/record-event';
import { writeFileAtomic } from '../sys/file-io';
import { volumeName } from './mount-path';
import { volumePaths, type VolumeRecord } from './volume-record';

/** Gives a volume that nobody uses another name, in one step. Throws 'usage' for what is no name, 'exists' for one in use. */
export function renameVolume(ctx: Context, volume: VolumeRecord, text: string): void {
  const name = volumeName(text);
  if (name === volume.name) return;
  const to = volumePaths(ctx, name);
  try {
    renameSync(volumePaths(ctx, volume.name).directory, to.directory);
  } catch (error) {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    throw new TspodError(
      'exists',
      `renaming volume "${volume.name}": a volume with name ${name} already exists`,
    );
  }
  const record: VolumeRecord = { ...volume, name, anonymous: false };
  writeFileAtomic(to.record, JSON.stringify(record), { temporary: `${to.record}.new` });
  recordEvent(ctx, { type: 'volume', status: 'rename', name });
}
