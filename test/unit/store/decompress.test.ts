import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { decompress } from '../../../src/store/decompress';
import type { ReadNext } from '../../../src/store/decompress';

/** Pieces of `data` in two buffers by turns: every piece but the last two is overwritten. */
function reusing(data: Buffer, size: number): { next: ReadNext; left: () => number } {
  const buffers = [Buffer.alloc(size), Buffer.alloc(size)] as const;
  let at = 0;
  let turn = 0;
  return {
    next: () => {
      if (at >= data.length) return undefined;
      const buffer = buffers[turn++ % 2 === 0 ? 0 : 1].fill(0xff);
      const length = data.copy(buffer, 0, at, at + size);
      at += length;
      return buffer.subarray(0, length);
    },
    left: () => data.length - at,
  };
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(Buffer.from(chunk));
  return Buffer.concat(all);
}

test('decompress() is right with pieces of which only the last two stay', async () => {
  const plain = Buffer.concat([randomBytes(300_000), Buffer.alloc(2_000_000, 'text '), randomBytes(300_000)]);
  for (const size of [1000, 65_536, 1 << 20]) {
    const { next, left } = reusing(gzipSync(plain), size);
    assert.ok((await collect(decompress('gzip', next))).equals(plain), `pieces of ${size} bytes`);
    assert.equal(left(), 0);
  }
});

test('decompress() leaves what follows the compressed data to be read', async () => {
  const plain = Buffer.from('content');
  const padding = 100_000;
  const { next, left } = reusing(Buffer.concat([gzipSync(plain), Buffer.alloc(padding)]), 1000);
  assert.deepEqual(await collect(decompress('gzip', next)), plain);
  while (next() !== undefined);
  assert.equal(left(), 0);
});

test('decompress() refuses data that is cut off or damaged', async () => {
  const packed = gzipSync(randomBytes(500_000));
  const damaged = Buffer.from(packed);
  damaged.fill(0, 250_000, 250_100);
  for (const data of [packed.subarray(0, 400_000), damaged]) {
    const { next } = reusing(data, 65_536);
    await assert.rejects(collect(decompress('gzip', next)), /damaged or truncated gzip data/);
  }
});

test('decompress() refuses what grows beyond measure', async () => {
  const { next } = reusing(gzipSync(Buffer.alloc(3_000_000)), 65_536);
  const limits = { floor: 1_000_000, ratio: 100 };
  await assert.rejects(collect(decompress('gzip', next, limits)), /refused as a decompression bomb/);
  const small = reusing(gzipSync(Buffer.alloc(900_000)), 65_536);
  assert.equal((await collect(decompress('gzip', small.next, limits))).length, 900_000);
});
