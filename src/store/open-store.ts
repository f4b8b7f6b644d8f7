import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import type { Context } from '../lib/context';
import { wrapError } from '../lib/errors';
import { randomId } from '../lib/id';
import { writeFileAtomic } from '../sys/file-io';
import { withFileLock } from '../sys/file-lock';
import { mediaTypes } from './media-types';
import { explainStoreError } from './store-error';
import { storePaths } from './store-paths';
import type { StorePaths } from './store-paths';
import { STORE_VERSION, versionPath } from './store-version';

/** Makes what is missing of the store, private to its user; several processes may do so at once. */
export function openStore(ctx: Context): StorePaths {
  const store = storePaths(ctx);
  try {
    for (const directory of [store.blobs, store.layers, store.images, store.locks, store.tmp]) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
    }
    ensureFile(store, versionPath(store.root), `${STORE_VERSION}\n`);
    ensureFile(store, `${store.root}/oci-layout`, '{"imageLayoutVersion":"1.0.0"}\n');
    ensureIndex(store);
  } catch (error) {
    const explained = explainStoreError(store.root, error);
    throw explained === error ? wrapError(`opening the store "${store.root}"`, error) : explained;
  }
  return store;
}

/** The list is there before the first image is: one that is missing later has been lost. */
function ensureIndex(store: StorePaths): void {
  if (existsSync(store.index) || readdirSync(store.images).length > 0) return;
  const text = `${JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.oci.list, manifests: [] })}\n`;
  withFileLock(`${store.locks}/index`, () => ensureFile(store, store.index, text));
}

function ensureFile(store: StorePaths, path: string, text: string): void {
  if (!existsSync(path)) writeFileAtomic(path, text, { temporary: temporaryFile(store) });
}

/** A path in the store's tmp/ that nobody else uses. */
export function temporaryFile(store: StorePaths): string {
  return `${store.tmp}/image-file-${randomId().slice(0, 16)}`;
}
