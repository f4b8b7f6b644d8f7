import { existsSync, mkdirSync } from 'node:fs';
import type { Context } from '../lib/context';
import { wrapError } from '../lib/errors';
import { randomId } from '../lib/id';
import { writeFileAtomic } from '../sys/file-io';
import { storePaths } from './store-paths';
import type { StorePaths } from './store-paths';

/** Makes what is missing of the store, private to its user; several processes may do so at once. */
export function openStore(ctx: Context): StorePaths {
  const store = storePaths(ctx);
  try {
    for (const directory of [store.blobs, store.layers, store.images, store.locks, store.tmp]) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
    }
    const layout = `${store.root}/oci-layout`;
    if (!existsSync(layout)) {
      writeFileAtomic(layout, '{"imageLayoutVersion":"1.0.0"}\n', {
        temporary: temporaryFile(store),
        mode: 0o600,
      });
    }
  } catch (error) {
    throw wrapError(`opening the store "${store.root}"`, error);
  }
  return store;
}

/** A path in the store's tmp/ that nobody else uses. */
export function temporaryFile(store: StorePaths): string {
  return `${store.tmp}/image-file-${randomId().slice(0, 16)}`;
}
