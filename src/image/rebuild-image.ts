import { fstatSync, openSync, closeSync } from 'node:fs';
import type { Context } from '../lib/context';
import { wrapError } from '../lib/errors';
import { digestHex } from '../store/digest';
import { readImageIndex } from '../store/image-index';
import { openStore } from '../store/open-store';
import { openStaging } from '../store/staging';
import { blobPath } from '../store/store-paths';
import { addImage } from './add-image';
import { lockContentShared } from './collect-garbage';
import { imageNotKnown } from './ensure-image';
import { findImage } from './find-image';
import { readBlob } from './image-record';
import { parseManifest } from './manifest';
import { openFileMaker } from './open-file-maker';

/** Unpacks the layers of an image that the store has lost, from the archives that it keeps. Needs all ids of the user. */
export async function rebuildImage(ctx: Context, name: string): Promise<void> {
  const store = openStore(ctx);
  const entries = readImageIndex(store);
  const entry = findImage(ctx, entries, name);
  if (entry === undefined) throw imageNotKnown(name);
  const bytes = readBlob(store, entry.digest);
  const manifest = parseManifest(bytes);
  if (!('config' in manifest)) throw imageNotKnown(name);
  const lock = lockContentShared(store);
  const staging = openStaging(store);
  const files = openFileMaker(ctx);
  const open: number[] = [];
  try {
    const layers = manifest.layers.map(({ digest, size, mediaType }) => {
      const descriptor = openSync(blobPath(store, digestHex(digest)), 'r');
      open.push(descriptor);
      const range = { descriptor, offset: 0, size: fstatSync(descriptor).size };
      return { range, expected: { digest, size, mediaType } };
    });
    const names = entries.flatMap((other) =>
      other.digest === entry.digest && other.name !== undefined ? [other.name] : [],
    );
    const config = readBlob(store, manifest.config.digest);
    const image = { names, config, manifest: { bytes, mediaType: entry.mediaType }, layers };
    await addImage(store, image, { staging, files, warn: (message) => ctx.log('debug', message) });
  } catch (error) {
    throw wrapError(`unpacking the layers of ${name} again`, error);
  } finally {
    open.forEach((descriptor) => closeSync(descriptor));
    files.close();
    staging.remove();
    lock.release();
  }
}
