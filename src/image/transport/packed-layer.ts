import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import { randomId } from '../../lib/id';
import { detectCompression } from '../../store/compression';
import { decompress } from '../../store/decompress';
import { digestHex } from '../../store/digest';
import { digestOfFile } from '../../store/digest-of-file';
import { readRange, readSmallRange } from '../../store/file-range';
import type { FileRange } from '../../store/file-range';
import { gzipParallel } from '../../store/parallel-gzip';
import type { Staging } from '../../store/staging';
import { layerPath } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { readJsonFile, writeFileAtomic } from '../../sys/file-io';
import { newSha256 } from '../../sys/sha256';
import { writePatiently } from '../../sys/patient-write';
import { withBlob } from './stored-image';
import type { StoredLayer } from './stored-image';
import type { ZstdCompressor } from './zstd-compressor';

/** How layers are to be compressed. Without a level a quick one: 3 of gzip, 3 of zstd. */
export interface Compression {
  format: 'gzip' | 'zstd';
  level?: number;
}

/** What compresses layers. */
export type Compressor =
  { format: 'gzip'; level?: number } | { format: 'zstd'; level?: number; zstd: ZstdCompressor };

/** Makes ready what compresses layers. Error `unsupported`: nothing here makes zstd. */
export async function openCompressor(ctx: Context, { format, ...rest }: Compression): Promise<Compressor> {
  if (format === 'gzip') return { format, ...rest };
  const { zstdCompressor } = await import('./zstd-compressor');
  return { format, ...rest, zstd: await zstdCompressor(ctx) };
}

/** A layer in a compressed form that is not the store's blob. */
export interface PackedLayer {
  format: 'gzip' | 'zstd';
  level: number;
  digest: string;
  size: number;
  file: string;
}

/** By default about as small as what Podman writes. */
const defaultLevel = 3;

/**
 * The layer compressed. The result is kept beside the unpacked layer, where `findPacked` finds it the next time; where that
 * is missing it lies in the staging directory. Error `invalid`: the blob is damaged.
 */
export async function packLayer(
  store: StorePaths,
  layer: StoredLayer,
  { compressor, staging }: { compressor: Compressor; staging: Staging },
): Promise<PackedLayer> {
  const folder = layerPath(store, digestHex(layer.chainId));
  try {
    const packed = await withBlob(store, layer, (range) => pack(range, layer, { compressor, staging }));
    return keep(folder, packed, staging);
  } catch (error) {
    throw wrapError(`compressing layer ${digestHex(layer.diffId).slice(0, 12)}`, error);
  }
}

/** The uncompressed bytes of a layer, verified: the last piece is followed by the error `invalid` when they are not the layer's. */
export async function* plainLayer(range: FileRange, diffId: string): AsyncGenerator<Buffer> {
  const compression = detectCompression(readSmallRange({ ...range, size: Math.min(range.size, 8) }));
  const hash = newSha256();
  for await (const chunk of decompress(compression, readRange(range, { reuse: false }))) {
    hash.update(chunk);
    yield chunk;
  }
  const actual = `sha256:${hash.hex()}`;
  if (actual === diffId) return;
  throw new TspodError('invalid', `wrong diff ID: expected ${diffId}, got ${actual}`, {
    hint: 'the store is damaged: look at it with "tspod system check"',
  });
}

async function pack(
  range: FileRange,
  layer: StoredLayer,
  { compressor, staging }: { compressor: Compressor; staging: Staging },
): Promise<PackedLayer> {
  const level = compressor.level ?? defaultLevel;
  const file = `${staging.path}/packed-${digestHex(layer.diffId)}-${randomId().slice(0, 8)}`;
  const descriptor = openSync(file, 'wx', 0o600);
  const hash = newSha256();
  let size = 0;
  try {
    const compress: ZstdCompressor = compressor.format === 'zstd' ? compressor.zstd : gzipParallel;
    for await (const chunk of compress(plainLayer(range, layer.diffId), level)) {
      hash.update(chunk);
      size += chunk.length;
      writePatiently(descriptor, chunk);
    }
    return { format: compressor.format, level, digest: `sha256:${hash.hex()}`, size, file };
  } finally {
    closeSync(descriptor);
  }
}

/** Removes a kept compressed layer whose bytes are not its own any more, so that it is made anew; leaves other files alone. */
export function dropIfDamaged(file: string, digest: string): void {
  if (!basename(file).startsWith('packed-')) return;
  if (digestOfFile(file) !== digest) rmSync(file, { force: true });
}

function recordFile(folder: string, format: string): string {
  return `${folder}/packed-${format}.json`;
}

/** The layer as it was compressed before, in this format and, where one is asked for, with this level. */
export function findPacked(
  store: StorePaths,
  chainId: string,
  { format, level }: Compressor,
): PackedLayer | undefined {
  const folder = layerPath(store, digestHex(chainId));
  const record = readJsonFile(recordFile(folder, format)) as Omit<PackedLayer, 'file'> | undefined;
  if (record === undefined || (level !== undefined && record.level !== level)) return undefined;
  const file = `${folder}/packed-${digestHex(record.digest)}`;
  if (statSync(file, { throwIfNoEntry: false })?.size !== record.size) return undefined;
  return { ...record, file };
}

function keep(folder: string, packed: PackedLayer, staging: Staging): PackedLayer {
  if (!existsSync(folder)) return packed;
  const { file: staged, ...record } = packed;
  const file = `${folder}/packed-${digestHex(packed.digest)}`;
  syncFile(staged);
  renameSync(staged, file);
  const temporary = `${staging.path}/record-${randomId().slice(0, 8)}`;
  writeFileAtomic(recordFile(folder, packed.format), `${JSON.stringify(record)}\n`, { temporary });
  return { ...packed, file };
}

function syncFile(path: string): void {
  const descriptor = openSync(path, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
