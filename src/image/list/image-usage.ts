import { statSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { ifWhole } from '../../lib/errors';
import { digestHex } from '../../store/digest';
import { readImageIndex } from '../../store/image-index';
import { readLayerRecord } from '../../store/layer/layer-record';
import { listDirectory } from '../../store/staging';
import { blobPath, layerPath, storePaths } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { listImages } from './list-images';
import type { ListedImage } from './list-images';
import { readBlob, readImageRecord } from '../find/image-record';
import { parseManifest } from '../format/manifest';

/** The room that an image takes up: its unpacked layers and its blobs, in bytes. */
export interface ImageUsage {
  image: ListedImage;
  size: number;
  /** What other images have, too. */
  shared: number;
  /** What goes when it alone is removed. */
  unique: number;
}

/** The room that all images take up. */
export interface ImagesUsage {
  /** The newest first. */
  images: ImageUsage[];
  /** What several images share is counted once. */
  size: number;
  /** What no image with a container needs. */
  reclaimable: number;
}

/** Sums of file sizes, from records: nothing is walked. */
export function imageUsage(ctx: Context): ImagesUsage {
  const store = storePaths(ctx);
  const images = listImages(ctx);
  const parts = partsOfImages(store);
  const users = new Map<string, number>();
  for (const { id } of images)
    for (const key of parts.get(id)?.keys() ?? []) users.set(key, (users.get(key) ?? 0) + 1);
  const all = new Map<string, number>();
  const used = new Map<string, number>();
  const rows = images.map((image) => {
    const own = parts.get(image.id) ?? new Map<string, number>();
    let shared = 0;
    for (const [key, size] of own) {
      all.set(key, size);
      if (image.containers > 0) used.set(key, size);
      if ((users.get(key) ?? 0) > 1) shared += size;
    }
    const size = sum(own);
    return { image, size, shared, unique: size - shared };
  });
  return { images: rows, size: sum(all), reclaimable: sum(all) - sum(used) };
}

function sum(parts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const size of parts.values()) total += size;
  return total;
}

/** By image id, the sizes of its layers and blobs, by a key for each. */
function partsOfImages(store: StorePaths): Map<string, Map<string, number>> {
  const layerSizes = new Map<string, number>();
  const parts = new Map<string, Map<string, number>>();
  const seen = new Set<string>();
  for (const entry of readImageIndex(store)) {
    if (seen.has(entry.digest)) continue;
    seen.add(entry.digest);
    // one that is damaged is told of by the list of images
    const record = ifWhole(() => readImageRecord(store, entry));
    if (record === undefined) continue;
    const own = parts.get(record.id) ?? new Map<string, number>();
    parts.set(record.id, own);
    for (const hex of record.chainIds) {
      const size = layerSizes.get(hex) ?? layerRoom(store, hex);
      layerSizes.set(hex, size);
      own.set(`layer ${hex}`, size);
    }
    for (const digest of blobsOf(store, entry.digest)) own.set(digest, blobSize(store, digest));
  }
  return parts;
}

/** What a layer takes up unpacked, with the compressed copies that a push has kept beside it. */
export function layerRoom(store: StorePaths, hex: string): number {
  const folder = layerPath(store, hex);
  let size = ifWhole(() => readLayerRecord(store, `sha256:${hex}`))?.size ?? 0;
  for (const name of listDirectory(folder))
    if (name.startsWith('packed-'))
      size += statSync(`${folder}/${name}`, { throwIfNoEntry: false })?.size ?? 0;
  return size;
}

function blobsOf(store: StorePaths, digest: string): string[] {
  const manifest = ifWhole(() => parseManifest(readBlob(store, digest)));
  if (manifest === undefined || !('config' in manifest)) return [digest];
  return [digest, ...[manifest.config, ...manifest.layers].map((each) => each.digest)];
}

function blobSize(store: StorePaths, digest: string): number {
  return statSync(blobPath(store, digestHex(digest)), { throwIfNoEntry: false })?.size ?? 0;
}
