import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { ifWhole, isErrno } from '../../lib/errors';
import { randomId } from '../../lib/id';
import { cachedLayers } from '../../store/build-cache';
import { digestHex } from '../../store/digest';
import { readImageIndex } from '../../store/image-index';
import type { IndexEntry } from '../../store/image-index';
import { readLayerRecord } from '../../store/layer/layer-record';
import { removeStalePartials } from '../../store/partial-blob';
import { listDirectory, staleStaging } from '../../store/staging';
import { blobPath, layerPath } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { lockFile } from '../../sys/file-lock';
import type { FileLock } from '../../sys/file-lock';
import { readJsonFile } from '../../sys/file-io';
import { readBlob, readImageRecord, recordPath } from '../find/image-record';
import { parseManifest } from '../format/manifest';

/** A file in the store's own folders; something else is nobody's. */
const whateverItIs = { force: true, recursive: true };

/** A download that nobody went on with for this long, in milliseconds, is given up: a day. */
const partialAge = 86_400_000;

/** Held while content is added that nothing names yet: garbage collection keeps out. The store need not be there. */
export function lockContentShared(store: StorePaths): FileLock {
  mkdirSync(store.locks, { recursive: true, mode: 0o700 });
  return lockFile(`${store.locks}/content`, { shared: true }) as FileLock;
}

/**
 * Removes blobs and image records that no image needs, moves layers that nothing needs into tmp/, and returns
 * these and what killed processes left there: the caller removes them with the ids of their owners
 * (`removeTrees`). Does nothing while somebody adds an image; the next collection gets it all.
 */
export function collectGarbage(store: StorePaths): string[] {
  const lock = lockFile(`${store.locks}/content`, { wait: false });
  if (lock === undefined) return [];
  try {
    const needed = neededContent(store);
    for (const hex of listDirectory(store.blobs)) {
      if (!needed.blobs.has(hex)) rmSync(blobPath(store, hex), whateverItIs);
    }
    for (const file of listDirectory(store.images)) {
      const id = file.replace(/\.json$/, '');
      if (!needed.images.has(id)) rmSync(recordPath(store, id), whateverItIs);
    }
    removeStalePartials(store, partialAge);
    const layers = listDirectory(store.layers).filter((hex) => !needed.layers.has(hex));
    const gone = layers.flatMap((hex) => [layerPath(store, hex), `${store.shifted}/${hex}`]);
    return [...staleStaging(store), ...gone.flatMap((path) => moveAway(store, path))];
  } finally {
    lock.release();
  }
}

/** What the images and containers of a store need, all in hexadecimal. */
export interface NeededContent {
  blobs: Set<string>;
  images: Set<string>;
  layers: Set<string>;
}

/** Goes through the index, the records of the containers and the cache of builds. */
export function neededContent(store: StorePaths): NeededContent {
  const needed = neededByImages(store);
  for (const hex of cachedLayers(store)) needCached(store, hex, needed);
  return needed;
}

/** The same without the cache of builds. */
export function neededByImages(store: StorePaths): NeededContent {
  const needed: NeededContent = { blobs: new Set(), images: new Set(), layers: new Set() };
  for (const entry of readImageIndex(store)) needEntry(store, entry, needed);
  for (const { chainIds, mountedChainIds } of containerUses(store))
    for (const hex of [...chainIds, ...mountedChainIds]) needed.layers.add(hex);
  for (const { chainIds } of volumeUses(store)) for (const hex of chainIds) needed.layers.add(hex);
  return needed;
}

/** A layer that the next build may use stays with its archive: an image that is made of it can be pushed. */
function needCached(store: StorePaths, hex: string, needed: NeededContent): void {
  needed.layers.add(hex);
  const layer = ifWhole(() => readLayerRecord(store, `sha256:${hex}`));
  if (layer !== undefined) needed.blobs.add(digestHex(layer.blob.digest));
}

/** Of an image that has lost a part, what is left is needed too: a repair makes use of it. */
function needEntry(store: StorePaths, entry: IndexEntry, needed: NeededContent): void {
  needed.blobs.add(digestHex(entry.digest));
  const manifest = ifWhole(() => parseManifest(readBlob(store, entry.digest)));
  if (manifest !== undefined && 'config' in manifest)
    for (const { digest } of [manifest.config, ...manifest.layers]) needed.blobs.add(digestHex(digest));
  const record = ifWhole(() => readImageRecord(store, entry));
  for (const id of [record?.id, entry.imageId]) {
    if (id === undefined) continue;
    needed.images.add(id);
    needed.blobs.add(id);
  }
  for (const hex of record?.chainIds ?? []) {
    needed.layers.add(hex);
    const layer = manifest === undefined ? ifWhole(() => readLayerRecord(store, `sha256:${hex}`)) : undefined;
    if (layer !== undefined) needed.blobs.add(digestHex(layer.blob.digest));
  }
}

/** The layers of volumes with the content of an image, from top to bottom; it may be removed meanwhile. */
export function volumeUses(store: StorePaths): Pick<ContainerUse, 'name' | 'chainIds'>[] {
  return listDirectory(store.volumes).flatMap((name) => {
    const record = ifWhole(() => readJsonFile(`${store.volumes}/${name}/volume.json`)) as
      { backing?: { chainIds?: string[] } } | null | undefined;
    const chainIds = record?.backing?.chainIds;
    return Array.isArray(chainIds) ? [{ name, chainIds }] : [];
  });
}

/** What a container holds on to. */
export interface ContainerUse {
  id: string;
  name: string;
  imageId: string;
  /** Hexadecimal, from top to bottom. */
  chainIds: string[];
  /** Of the images that it mounts, which may be removed meanwhile. */
  mountedChainIds: string[];
}

/** The images and layers that containers use, from their records; a container without one can only be removed. */
export function containerUses(store: StorePaths): ContainerUse[] {
  return listDirectory(store.containers).flatMap((id) => {
    // cut off by a power loss: `ps` tells of it
    const record = ifWhole(() => readJsonFile(`${store.containers}/${id}/record.json`)) as
      UseRecord | null | undefined;
    if (!Array.isArray(record?.chainIds)) return [];
    const { name = '', imageId = '', chainIds, options } = record;
    const mountedChainIds = options?.mounts?.flatMap((mount) => mount.chainIds ?? []) ?? [];
    return [{ id, name, imageId, chainIds, mountedChainIds }];
  });
}

/** What is read of a container's record. */
type UseRecord = Partial<Omit<ContainerUse, 'mountedChainIds'>> & {
  options?: { mounts?: { chainIds?: string[] }[] };
};

function moveAway(store: StorePaths, path: string): string[] {
  const to = `${store.tmp}/image-gone-${randomId().slice(0, 16)}`;
  try {
    renameSync(path, to);
    return [to];
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}
