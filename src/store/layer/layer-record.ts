import { existsSync } from 'node:fs';
import { digestHex } from '../digest';
import { blobPath, layerPath } from '../store-paths';
import type { StorePaths } from '../store-paths';
import { readStoredJson } from '../stored-json';
import type { Unchecked } from '../stored-json';

/** The archive that a layer came from, as a manifest describes it. */
export interface LayerBlob {
  mediaType: string;
  digest: string;
  size: number;
}

/** layer.json, beside a layer's `diff` directory. */
export interface LayerRecord {
  diffId: string;
  chainId: string;
  /** The chain id of the layer below; absent of the lowest one. */
  parent?: string;
  /** Sum of the sizes of its files, in bytes. */
  size: number;
  blob: LayerBlob;
}

/** The record of an unpacked layer; undefined when the store has none with this chain id. */
export function readLayerRecord(store: StorePaths, chainId: string): LayerRecord | undefined {
  return readStoredJson<LayerRecord>(`${layerPath(store, digestHex(chainId))}/layer.json`, isLayerRecord);
}

function isLayerRecord({ diffId, chainId, parent, size, blob }: Unchecked<LayerRecord>): boolean {
  if (typeof blob !== 'object' || blob === null) return false;
  const { mediaType, digest, size: blobSize } = blob as Unchecked<LayerBlob>;
  return (
    [diffId, chainId, digest, parent ?? chainId].every(isDigest) &&
    typeof mediaType === 'string' &&
    [size, blobSize].every(Number.isSafeInteger)
  );
}

function isDigest(text: unknown): boolean {
  return typeof text === 'string' && /^sha256:[0-9a-f]{64}$/.test(text);
}

/** Whether the store has the bytes of a blob. */
export function hasBlob(store: StorePaths, digest: string): boolean {
  return existsSync(blobPath(store, digestHex(digest)));
}
