import { closeSync, fstatSync, openSync } from 'node:fs';
import { TspodError } from '../../lib/errors';
import { chainIdsOf, digestHex, digestOf } from '../../store/digest';
import type { FileRange } from '../../store/file-range';
import type { IndexEntry } from '../../store/image-index';
import { blobPath } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { parseImageConfig } from '../format/image-config';
import type { ImageConfig } from '../format/image-config';
import { readBlob } from '../find/image-record';
import { parseManifest } from '../format/manifest';
import type { Manifest } from '../format/manifest';

/** A layer of an image of the store, as its manifest describes it. */
export interface StoredLayer {
  diffId: string;
  chainId: string;
  mediaType: string;
  digest: string;
  /** Of the blob, in bytes. */
  size: number;
}

/** An image of the store with its bytes as they are kept. */
export interface StoredImage {
  /** 64 hexadecimal digits. */
  id: string;
  config: ImageConfig;
  configBytes: Buffer;
  manifest: { bytes: Buffer; mediaType: string; digest: string; parsed: Manifest };
  /** From bottom to top. */
  layers: StoredLayer[];
}

/** Reads what an entry of the index leads to. Error `invalid`: the store has lost a part of it, or it is altered. */
export function readStoredImage(store: StorePaths, entry: IndexEntry): StoredImage {
  const bytes = readVerified(store, entry.digest);
  const parsed = parseManifest(bytes);
  if (!('config' in parsed))
    throw new TspodError('unsupported', `${entry.digest} is a list of manifests, not an image`);
  const configBytes = readVerified(store, parsed.config.digest);
  const config = parseImageConfig(configBytes, parsed.layers.length);
  const chain = chainIdsOf(config.rootfs.diff_ids);
  const layers = parsed.layers.map(({ mediaType, digest, size }, at) => ({
    diffId: config.rootfs.diff_ids[at] ?? '',
    chainId: chain[at] ?? '',
    mediaType,
    digest,
    size,
  }));
  const { mediaType, digest } = entry;
  const manifest = { bytes, mediaType: parsed.mediaType ?? mediaType, digest, parsed };
  return { id: digestHex(parsed.config.digest), config, configBytes, manifest, layers };
}

function readVerified(store: StorePaths, digest: string): Buffer {
  const data = readBlob(store, digest);
  if (digestOf(data) === digest) return data;
  throw lost(`the blob ${digest} in the store is altered`);
}

/** Lets `use` read a blob of the store. Error `invalid`: the store has lost it, or it has another size. */
export async function withBlob<T>(
  store: StorePaths,
  { digest, size }: { digest: string; size: number },
  use: (range: FileRange) => T | Promise<T>,
): Promise<T> {
  const descriptor = openBlob(blobPath(store, digestHex(digest)), digest);
  try {
    if (fstatSync(descriptor).size !== size) throw lost(`the blob ${digest} in the store has another length`);
    return await use({ descriptor, offset: 0, size });
  } finally {
    closeSync(descriptor);
  }
}

function openBlob(path: string, digest: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw lost(`the store has lost the blob ${digest}`, cause);
  }
}

function lost(message: string, cause?: unknown): TspodError {
  const hint = 'look for further damage with "tspod system check", or bring the image again';
  return new TspodError('invalid', message, { hint, ...(cause === undefined ? {} : { cause }) });
}
