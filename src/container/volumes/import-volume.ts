import { closeSync, fstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { openPlainFile } from '../../image/archive/open-archive';
import { openFileMaker } from '../../image/add/open-file-maker';
import type { Context } from '../../lib/context';
import { wrapError } from '../../lib/errors';
import { readRange } from '../../store/file-range';
import { unpackLayer } from '../../store/layer/unpack-layer';
import { openStore } from '../../store/open-store';
import { openStaging, type Staging } from '../../store/staging';
import { UNUSED_MARK } from '../../volume/create-volume';
import { volumePaths, type VolumeRecord } from '../../volume/volume-record';
import { checkedData } from './export-volume';
import { mergeTree } from '../rootfs/merge-tree';

/**
 * Puts the content of a tar archive, plain or compressed, into a volume, over what is there. All of it is unpacked beside the
 * volume's content first: after an error that is as it was. Needs all ids of the user, and what has to be mounted for the volume.
 * `path` undefined is standard input.
 */
export async function importVolume(
  ctx: Context,
  volume: VolumeRecord,
  path: string | undefined,
): Promise<void> {
  const data = checkedData(ctx, volume);
  const staging = openStaging(openStore(ctx));
  // renaming works inside one file system only
  const place = volume.backing === undefined ? staging.path : mkdtempSync(`${data}/.import-`);
  try {
    mkdirSync(staging.path, { recursive: true });
    const made = await unpack(ctx, { path, staging, place });
    mergeTree(made, data);
    // its owner is what the archive says
    rmSync(`${volumePaths(ctx, volume.name).directory}/${UNUSED_MARK}`, { force: true });
  } catch (error) {
    throw wrapError(`importing into volume "${volume.name}"`, error);
  } finally {
    if (place !== staging.path) rmSync(place, { recursive: true, force: true });
    staging.remove();
  }
}

/** The directory of what was unpacked. */
async function unpack(
  ctx: Context,
  { path, staging, place }: { path: string | undefined; staging: Staging; place: string },
): Promise<string> {
  const descriptor = await openPlainFile(path, staging);
  const files = openFileMaker(ctx);
  try {
    const next = readRange({ descriptor, offset: 0, size: fstatSync(descriptor).size }, { reuse: true });
    const { directory } = await unpackLayer({ path: place, remove: () => undefined }, 'volume', {
      compression: 'none',
      next: async () => next(),
      digest: () => '',
      lowers: [],
      plain: true,
      files,
      warn: (message) => ctx.log('warn', message),
    });
    return `${directory}/diff`;
  } finally {
    files.close();
    if (descriptor !== 0) closeSync(descriptor);
  }
}
