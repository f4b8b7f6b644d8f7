import { readSync } from 'node:fs';
import { TspodError } from '../lib/errors';
import { alignedBuffer } from '../sys/direct-file';

/** A part of an open file, in bytes. Its opener closes the descriptor. */
export interface FileRange {
  descriptor: number;
  offset: number;
  size: number;
  /** Told how much of it has been read. */
  onRead?: (got: number) => void;
}

const chunkSize = 1 << 20;

/** A reader of the range, piece by piece; with `reuse` every piece but the last two may be gone. Error `invalid`: the file is shorter. */
export function readRange(range: FileRange, options: { reuse: boolean }): () => Buffer | undefined {
  const shared = options.reuse ? [alignedBuffer(chunkSize), alignedBuffer(chunkSize)] : [];
  let turn = 0;
  let at = 0;
  return () => {
    const wanted = Math.min(chunkSize, range.size - at);
    if (wanted <= 0) return undefined;
    const buffer = shared[turn++ % 2] ?? Buffer.allocUnsafe(wanted);
    const length = readSync(range.descriptor, buffer, 0, wanted, range.offset + at);
    if (length === 0) throw new TspodError('invalid', `truncated: ${range.size - at} bytes are missing`);
    at += length;
    range.onRead?.(at);
    return buffer.subarray(0, length);
  };
}

/** The content of a small range. Error `invalid`: it is larger than `limit`. */
export function readSmallRange(range: FileRange, limit = 4 << 20): Buffer {
  if (range.size > limit) throw new TspodError('invalid', `larger than ${limit} bytes: refused`);
  const data = Buffer.alloc(range.size);
  const length = readSync(range.descriptor, data, 0, range.size, range.offset);
  if (length < range.size)
    throw new TspodError('invalid', `truncated: ${range.size - length} bytes are missing`);
  return data;
}
