import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import { gzipParallel } from '../../../src/store/parallel-gzip';

async function compress(chunks: Buffer[], level = 3): Promise<Buffer> {
  const source = (async function* () {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
  })();
  const parts: Buffer[] = [];
  for await (const part of gzipParallel(source, level)) parts.push(part);
  return Buffer.concat(parts);
}

const text = Buffer.from('the quick brown fox '.repeat(100_000));
const cases: [string, Buffer[]][] = [
  ['nothing', []],
  ['one byte', [Buffer.from('x')]],
  ['an empty chunk', [Buffer.alloc(0)]],
  ['a whole piece', [Buffer.alloc(1 << 18, 'a')]],
  ['many pieces of text', [text]],
  ['chunks of odd sizes', [text.subarray(0, 7), text.subarray(7, 300_001), text.subarray(300_001)]],
  ['random bytes', [randomBytes(1 << 20)]],
];

for (const [name, chunks] of cases) {
  test(`gzipParallel() packs ${name} so that zlib and gzip unpack it`, async () => {
    const packed = await compress(chunks);
    assert.deepEqual(gunzipSync(packed), Buffer.concat(chunks));
    assert.deepEqual(
      execFileSync('gzip', ['-dc'], { input: packed, maxBuffer: 1 << 28 }),
      Buffer.concat(chunks),
    );
  });
}

test('gzipParallel() lets a piece refer back to the one before', async () => {
  const noise = randomBytes(20_000);
  const packed = await compress([Buffer.concat(Array.from({ length: 40 }, () => noise))]);
  assert.ok(packed.length < 3 * noise.length, `${packed.length} bytes`);
});

test('gzipParallel() makes the same bytes of the same bytes, and fewer with a higher level', async () => {
  assert.deepEqual(await compress([text]), await compress([text]));
  const words = Buffer.from(Array.from({ length: 200_000 }, (_, at) => `${(at * 7919) % 4099} `).join(''));
  assert.ok((await compress([words], 9)).length < (await compress([words], 1)).length);
});

test('gzipParallel() passes on the error of its source', async () => {
  const failing = (async function* () {
    yield await Promise.resolve(text);
    throw new Error('the source broke');
  })();
  await assert.rejects(async () => {
    for await (const part of gzipParallel(failing, 1)) assert.ok(part);
  }, /the source broke/);
});
