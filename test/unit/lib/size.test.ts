import assert from 'node:assert/strict';
import test from 'node:test';
import { binarySize, compactSize, humanSize, parseSize, spacedSize } from '../../../src/lib/size';

const SIZES: readonly (readonly [string, number])[] = [
  ['0', 0],
  ['100', 100],
  ['100b', 100],
  ['1k', 1024],
  ['64kb', 65536],
  ['512m', 512 * 1024 ** 2],
  ['512M', 512 * 1024 ** 2],
  ['1.5g', 1.5 * 1024 ** 3],
  ['1GiB', 1024 ** 3],
  ['2t', 2 * 1024 ** 4],
  ['32 kB', 32768],
];

for (const [text, bytes] of SIZES) {
  test(`parseSize() reads "${text}"`, () => assert.equal(parseSize(text), bytes));
}

for (const text of ['', 'x', '1x', '-1', '1.2.3', 'm', '1 2', '1kk', 'NaN']) {
  test(`parseSize() rejects "${text}" and quotes it`, () => {
    assert.throws(() => parseSize(text), { code: 'usage', message: new RegExp(`invalid size "${text}"`) });
  });
}

const SHOWN: readonly (readonly [number, string, string])[] = [
  [0, '0B', '0 B'],
  [999, '999B', '999 B'],
  [1000, '1kB', '1 kB'],
  [1023, '1.023kB', '1.02 kB'],
  [2038855, '2.039MB', '2.04 MB'],
  [121_000_000, '121MB', '121 MB'],
  [1_234_567_890, '1.235GB', '1.23 GB'],
];

for (const [bytes, human, spaced] of SHOWN) {
  test(`humanSize() shows ${bytes} bytes as ${human}, a list as ${spaced}`, () => {
    assert.deepEqual([humanSize(bytes), spacedSize(bytes)], [human, spaced]);
  });
}

test('binarySize() and compactSize() have their own units and digits', () => {
  assert.deepEqual([binarySize(1536 * 1024), compactSize(5120)], ['1.5MiB', '5.12kB']);
});
