import { readSync } from 'node:fs';
import { forgetCached } from '../../sys/begin-writing';
import { TspodError } from '../../lib/errors';
import type { AwaitNext } from '../../store/decompress';

/** Reads a file that is still growing. */
export interface LayerReader {
  /** The first bytes, enough to tell the compression. */
  start(): Promise<Buffer>;
  next: AwaitNext;
}

/** At most so much at once, in bytes. */
const chunkSize = 1 << 19;
const startSize = 8;

/** A reader of the first `size` bytes of an open file; `more` tells how many there are, once they are more than known. */
export function createLayerReader(
  descriptor: number,
  { size }: { size: number },
  { more }: { more: (known: number) => Promise<number> },
): LayerReader {
  let have = 0;
  let at = 0;

  // one is being decompressed while the next is read
  const buffers = [0, 1].map(() => Buffer.allocUnsafe(Math.min(chunkSize, size)));
  let turn = 0;

  function readAt(offset: number, length: number): Buffer {
    const buffer = buffers[turn++ % 2] ?? Buffer.alloc(0);
    const got = readSync(descriptor, buffer, 0, length, offset);
    if (got === 0) throw new TspodError('invalid', `truncated: ${size - offset} bytes are missing`);
    return buffer.subarray(0, got);
  }

  return {
    async start() {
      const wanted = Math.min(startSize, size);
      while (have < wanted) have = await more(have);
      return wanted === 0 ? Buffer.alloc(0) : Buffer.from(readAt(0, wanted));
    },
    async next() {
      if (at >= size) return undefined;
      while (have <= at) have = await more(have);
      const chunk = readAt(at, Math.min(chunkSize, have - at, size - at));
      at += chunk.length;
      // what comes next finds their memory again
      if (at >= size) forgetCached(descriptor);
      return chunk;
    },
  };
}
