import type { Context } from '../../lib/context';
import { readImageIndex } from '../../store/image-index';
import { layerPath, storePaths } from '../../store/store-paths';
import { findImage } from './find-image';
import type { ImageConfig } from '../format/image-config';
import { readImageRecord } from './image-record';
import { instanceFor } from './list-instance';

/** An image that is in the store. */
export interface ResolvedImage {
  /** 64 hexadecimal digits. */
  id: string;
  /** Of the manifest, `sha256:...`. */
  digest: string;
  /** Its full names; empty of an untagged one. */
  names: string[];
  /** The name under which it was found; the first of its names when it was found by id; empty when it has none. */
  name: string;
  config: ImageConfig;
  /** The unpacked layers, absolute, from top to bottom: the order of overlay's `lowerdir`. */
  layers: string[];
  /** Of the layers, hexadecimal, from top to bottom. */
  chainIds: string[];
  /** Bytes. */
  size: number;
}

/**
 * Finds an image of the store by name or id; undefined when there is none. Takes no lock, reads two small files.
 * Errors: `usage` for a malformed name or an ambiguous id.
 */
export function resolveImage(ctx: Context, name: string): ResolvedImage | undefined {
  const store = storePaths(ctx);
  const entries = readImageIndex(store);
  const found = findImage(ctx, entries, name);
  if (found === undefined) return undefined;
  const entry = instanceFor(store, entries, found);
  const record = readImageRecord(store, entry);
  const names = entries.flatMap((other) =>
    other.imageId === record.id && other.name !== undefined ? [other.name] : [],
  );
  const chainIds = record.chainIds.toReversed();
  return {
    id: record.id,
    digest: entry.digest,
    names,
    name: entry.name ?? names[0] ?? '',
    config: record.config,
    layers: chainIds.map((chainHex) => `${layerPath(store, chainHex)}/diff`),
    chainIds,
    size: record.size,
  };
}
