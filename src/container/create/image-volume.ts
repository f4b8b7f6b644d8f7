import { statSync } from 'node:fs';
import { lockContentShared } from '../../image/remove/collect-garbage';
import { ensureImage } from '../../image/find/ensure-image';
import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import { storePaths } from '../../store/store-paths';
import { createVolume, type VolumeRequest } from '../../volume/create-volume';
import type { VolumeRecord } from '../../volume/volume-record';
import { storageDriver } from '../rootfs/storage-driver';

/** The names of more layers do not fit what the kernel takes. */
const MOST_LAYERS = 45;

/**
 * Makes a volume that begins with the content of an image, and keeps what is written to it. The image's layers stay as long as the
 * volume, whatever becomes of its name. Throws 'usage', 'not-found', and 'machine' where only fuse-overlayfs works.
 */
export async function createImageVolume(
  ctx: Context,
  request: Omit<VolumeRequest, 'settings'>,
  texts: readonly string[],
): Promise<VolumeRecord> {
  const options = parseOptions(texts);
  if (storageDriver(ctx).name !== 'overlay')
    throw new TspodError(
      'machine',
      'a volume of the driver image needs an overlay of the kernel, which refuses it',
    );
  const lock = lockContentShared(storePaths(ctx));
  try {
    const image = await findImage(ctx, options['image'] ?? '');
    if (image.chainIds.length > MOST_LAYERS)
      throw new TspodError(
        'unsupported',
        `the image "${options['image']}" has ${image.chainIds.length} layers: a volume takes ${MOST_LAYERS}`,
      );
    const [top] = image.layers;
    const mode = top === undefined ? 0o755 : statSync(top).mode & 0o7777;
    return createVolume(ctx, {
      ...request,
      driver: 'image',
      settings: { backing: { kind: 'layers', chainIds: image.chainIds }, mode, options },
    });
  } finally {
    lock.release();
  }
}

async function findImage(ctx: Context, name: string) {
  try {
    return await ensureImage(ctx, name);
  } catch (error) {
    throw wrapError(`looking up image "${name}" to create volume failed`, error);
  }
}

function parseOptions(texts: readonly string[]): Record<string, string> {
  const options: Record<string, string> = {};
  for (const text of texts) {
    const equals = text.indexOf('=');
    const key = equals < 0 ? text : text.slice(0, equals);
    if (key.toLowerCase() !== 'image')
      throw new TspodError('usage', `invalid mount option ${key} for driver 'image': invalid argument`, {
        hint: 'its only option is image=NAME',
      });
    options['image'] = equals < 0 ? '' : text.slice(equals + 1);
  }
  if (!options['image'])
    throw new TspodError(
      'usage',
      'must provide an image name when creating a volume with the image driver: invalid argument',
      { hint: '-o image=NAME' },
    );
  return options;
}
