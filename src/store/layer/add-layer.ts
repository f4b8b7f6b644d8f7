import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { TspodError, wrapError } from '../../lib/errors';
import { createBlobWriter } from '../blob-writer';
import type { BlobWriter } from '../blob-writer';
import { detectCompression } from '../compression';
import type { Compression } from '../compression';
import { decompress } from '../decompress';
import { digestHex } from '../digest';
import { readRange, readSmallRange } from '../file-range';
import type { FileRange } from '../file-range';
import type { Staging } from '../staging';
import { createTarReader } from '../tar/tar-reader';
import type { LayerRecord } from './layer-record';
import { createSpaceGuard } from './space-guard';
import { createUnpacker } from './unpacker';
import type { Unpacker } from './unpacker';

/** A layer's archive, and what has been promised of it. */
export interface LayerInput {
  range: FileRange;
  /** Of the archive as it lies there; absent where nothing promises them. */
  expected?: { digest: string; size: number; mediaType: string };
  /** Of the uncompressed archive; absent where nothing promises it (import). */
  diffId?: string;
  /** Directories of the layers below, from top to bottom. */
  lowers: readonly string[];
  warn: (message: string) => void;
}

/** A layer in a staging directory: `directory` holds `diff`, `blob` is its archive's file. */
export interface StagedLayer {
  directory: string;
  blobFile: string;
  diffId: string;
  size: number;
  blob: LayerRecord['blob'];
}

const mediaTypes: Record<Compression, string> = {
  none: 'application/vnd.oci.image.layer.v1.tar',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  xz: 'application/vnd.oci.image.layer.v1.tar+xz',
  bzip2: 'application/vnd.oci.image.layer.v1.tar+bzip2',
};

/**
 * Unpacks a layer into `staging` and keeps its archive beside it, both in one pass, its digests verified on the way.
 * On an error what was made stays in the staging directory, for its owner to remove.
 */
export async function addLayer(staging: Staging, name: string, input: LayerInput): Promise<StagedLayer> {
  const directory = `${staging.path}/layer-${name}`;
  const blobFile = `${staging.path}/blob-${name}`;
  mkdirSync(`${directory}/diff`, { recursive: true, mode: 0o700 });
  const start = readSmallRange({ ...input.range, size: Math.min(input.range.size, 8) });
  const compression = detectCompression(start);
  const blob = createBlobWriter(blobFile, input.expected);
  const unpacker = createUnpacker(`${directory}/diff`, input);
  // modes are the archive's, whatever the caller's umask
  const umask = process.umask(0);
  try {
    const { digest, size, diffId } = await copy(input, { compression, blob, unpacker, directory });
    if (input.diffId !== undefined && diffId !== input.diffId) {
      throw new TspodError('invalid', `wrong diff ID: expected ${input.diffId}, got ${diffId}`);
    }
    const mediaType = input.expected?.mediaType ?? mediaTypes[compression];
    return { directory, blobFile, diffId, size: unpacker.finish().size, blob: { mediaType, digest, size } };
  } finally {
    process.umask(umask);
    await blob.abort();
    unpacker.abort();
  }
}

interface Copy {
  compression: Compression;
  blob: BlobWriter;
  unpacker: Unpacker;
  directory: string;
}

async function copy(
  input: LayerInput,
  parts: Copy,
): Promise<{ digest: string; size: number; diffId: string }> {
  const tar = createTarReader(parts.unpacker);
  const isPlain = parts.compression === 'none';
  const space = createSpaceGuard(parts.directory);
  const next = readRange(input.range, { reuse: isPlain });
  if (isPlain) {
    for (let chunk = next(); chunk !== undefined; chunk = next()) {
      space.take(chunk.length);
      await parts.blob.writeBehind(chunk);
      tar.push(chunk);
    }
    tar.finish();
    const result = await parts.blob.finish();
    return { ...result, diffId: result.digest };
  }
  const nextCopied = (): Buffer | undefined => {
    const chunk = next();
    if (chunk === undefined) return undefined;
    space.take(chunk.length);
    parts.blob.write(chunk);
    return chunk;
  };
  const hash = createHash('sha256');
  for await (const chunk of decompress(parts.compression, nextCopied)) {
    hash.update(chunk);
    tar.push(chunk);
  }
  // what follows the compressed data belongs to the blob
  while (nextCopied() !== undefined);
  tar.finish();
  return { ...(await parts.blob.finish()), diffId: `sha256:${hash.digest('hex')}` };
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
