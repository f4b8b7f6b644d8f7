import { existsSync } from 'node:fs';
import { digestHex, digestOf } from '../../store/digest';
import { readImageIndex } from '../../store/image-index';
import type { IndexEntry } from '../../store/image-index';
import { hasBlob } from '../../store/layer/layer-record';
import { layerPath } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { readBlob, readImageRecord } from '../find/image-record';
import { parseManifest } from '../format/manifest';

/** The id of the image of a manifest that the store has with all its layers and blobs; undefined when something is missing. */
export function findComplete(store: StorePaths, digest: string): string | undefined {
  const entry = readImageIndex(store).find((each) => each.digest === digest);
  return entry !== undefined && isComplete(store, entry) ? entry.imageId : undefined;
}

/**
 * Whether an image can be run and pushed: manifest and configuration are what they were, its layers are unpacked, and
 * their archives are there. They are not read.
 */
export function isComplete(store: StorePaths, entry: IndexEntry): boolean {
  if (!isWhole(store, entry.digest)) return false;
  const manifest = parseManifest(readBlob(store, entry.digest));
  if (!('config' in manifest)) return false;
  if (!isWhole(store, manifest.config.digest)) return false;
  if (!manifest.layers.every(({ digest }) => hasBlob(store, digest))) return false;
  return readImageRecord(store, entry).chainIds.every((hex) => existsSync(`${layerPath(store, hex)}/diff`));
}

/** Of small blobs. */
function isWhole(store: StorePaths, digest: string): boolean {
  return hasBlob(store, digest) && digestOf(readBlob(store, digest)) === digest;
}

/** Whether the store has a layer, unpacked and as it came. */
export function hasLayer(store: StorePaths, chainId: string, digest: string): boolean {
  return hasBlob(store, digest) && existsSync(`${layerPath(store, digestHex(chainId))}/diff`);
}
