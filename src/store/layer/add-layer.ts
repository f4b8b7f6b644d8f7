import { writeFileSync } from 'node:fs';
import { wrapError } from '../../lib/errors';
import type { TspodError } from '../../lib/errors';
import { createBlobWriter } from '../blob-writer';
import type { BlobWriter, ExpectedBlob } from '../blob-writer';
import { detectCompression } from '../compression';
import type { AwaitNext } from '../decompress';
import { digestHex } from '../digest';
import { readRange, readSmallRange } from '../file-range';
import type { FileRange } from '../file-range';
import { mediaTypes } from '../media-types';
import type { Staging } from '../staging';
import type { LayerRecord } from './layer-record';
import type { FileMaker } from './file-maker';
import { createSpaceGuard } from './space-guard';
import type { SpaceGuard } from './space-guard';
import { unpackLayer } from './unpack-layer';
import type { UnpackedLayer } from './unpack-layer';

/** A layer's archive, and what has been promised of it. */
export interface LayerInput {
  range: FileRange;
  /** Of the archive as it lies there; absent where nothing promises them. */
  expected?: { digest: string; size: number; mediaType: string };
  /** Of the uncompressed archive; absent where nothing promises it (import). */
  diffId?: string;
  /** Directories of the layers below, from top to bottom. */
  lowers: readonly string[];
  /** Makes the files; closed by its owner. */
  files: FileMaker;
  warn: (message: string) => void;
}

/** A layer in a staging directory, and its archive. */
export interface StagedLayer extends UnpackedLayer {
  /** The file of the archive, on the store's own file system; undefined when the store has that blob already. */
  blobFile: string | undefined;
  blob: LayerRecord['blob'];
}

const plainType = mediaTypes.oci.layers.none;

/**
 * Unpacks a layer into `staging` and keeps its archive beside it, both in one pass, its digests verified on the way.
 * On an error what was made stays in the staging directory, for its owner to remove.
 */
export async function addLayer(staging: Staging, name: string, input: LayerInput): Promise<StagedLayer> {
  const blobFile = `${staging.path}/blob-${name}`;
  const start = readSmallRange({ ...input.range, size: Math.min(input.range.size, 8) });
  const compression = detectCompression(start);
  const writer = createBlobWriter(blobFile, input.expected);
  try {
    let written: ExpectedBlob | undefined;
    const digest = async (): Promise<string> => (written = await writer.finish()).digest;
    const next = copying(input.range, writer, createSpaceGuard(staging.path));
    const unpacked = await unpackLayer(staging, name, { ...input, compression, next, digest });
    const { size = 0, digest: blobDigest = '' } = written ?? {};
    const mediaType =
      input.expected?.mediaType ?? (compression === 'none' ? plainType : `${plainType}+${compression}`);
    return { ...unpacked, blobFile, blob: { mediaType, digest: blobDigest, size } };
  } finally {
    await writer.abort();
  }
}

/** The pieces of a file, each of which is being written when it is handed over. */
function copying(range: FileRange, writer: BlobWriter, space: SpaceGuard): AwaitNext {
  const next = readRange(range, { reuse: true });
  return async () => {
    const chunk = next();
    if (chunk === undefined) return undefined;
    space.take(chunk.length);
    await writer.writeBehind(chunk);
    return chunk;
  };
}

/** Writes the layer's record, with its place in a chain. */
export function describeLayer(layer: StagedLayer, chainId: string, parent: string | undefined): LayerRecord {
  const { diffId, size, blob } = layer;
  const record: LayerRecord = { diffId, chainId, ...(parent === undefined ? {} : { parent }), size, blob };
  writeFileSync(`${layer.directory}/layer.json`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  return record;
}

/** The error of a layer, with what it is called. */
export function layerError(digest: string, error: unknown): TspodError {
  return wrapError(
    `unpacking layer ${/^sha256:/.test(digest) ? digestHex(digest).slice(0, 12) : digest}`,
    error,
  );
}
