import { existsSync } from 'node:fs';
import { digestHex } from '../digest';
import { blobPath, layerPath } from '../store-paths';
import type { StorePaths } from '../store-paths';
import { readStoredJson } from '../stored-json';

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
  return readStoredJson(`${layerPath(store, digestHex(chainId))}/layer.json`) as LayerRecord | undefined;
}

/** Whether the store has the bytes of a blob. */
export function hasBlob(store: StorePaths, digest: string): boolean {
  return existsSync(blobPath(store, digestHex(digest)));
}
