import { fstatSync, openSync, closeSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { wrapError } from '../../lib/errors';
import { digestHex } from '../../store/digest';
import { readImageIndex } from '../../store/image-index';
import { publish } from '../../store/publish';
import { blobPath, storePaths } from '../../store/store-paths';
import { addLayers } from './add-image';
import { beginAdding } from './begin-adding';
import { stagedContent } from './commit-image';
import { imageNotKnown } from '../find/ensure-image';
import { findImage } from '../find/find-image';
import { parseImageConfig } from '../format/image-config';
import { readBlob } from '../find/image-record';
import { parseManifest } from '../format/manifest';

/**
 * Unpacks the layers of an image that the store has lost, from the archives that it keeps; its names stay as they are. Needs all
 * ids of the user. Errors: `not-found`; `invalid`: an archive is altered.
 */
export async function rebuildImage(ctx: Context, name: string): Promise<void> {
  const store = storePaths(ctx);
  const entry = findImage(ctx, readImageIndex(store), name);
  if (entry === undefined) throw imageNotKnown(name);
  const manifest = parseManifest(readBlob(store, entry.digest));
  if (!('config' in manifest)) throw imageNotKnown(name);
  const adding = beginAdding(ctx);
  const open: number[] = [];
  try {
    const archives = manifest.layers.map(({ digest, size, mediaType }) => {
      const descriptor = openSync(blobPath(store, digestHex(digest)), 'r');
      open.push(descriptor);
      const range = { descriptor, offset: 0, size: fstatSync(descriptor).size };
      return { range, expected: { digest, size, mediaType } };
    });
    const config = parseImageConfig(readBlob(store, manifest.config.digest), archives.length);
    const options = { ...adding, diffIds: config.rootfs.diff_ids };
    publish(store, stagedContent(await addLayers(store, archives, options)));
  } catch (error) {
    throw wrapError(`unpacking the layers of ${name} again`, error);
  } finally {
    open.forEach((descriptor) => closeSync(descriptor));
    adding.close();
  }
}
