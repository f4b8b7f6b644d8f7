import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { openContentReader } from '../../../../src/store/check/content-reader';
import type { SparseSegment, TarEntry } from '../../../../src/store/tar/entry';

const folder = mkdtempSync(join(tmpdir(), 'content-'));
after(() => rmSync(folder, { recursive: true }));

/** Whether a file with `content` holds the `stored` bytes, told in pieces of 3. */
function isSame(content: Buffer | string, stored: string, sparse?: SparseSegment[]): boolean | undefined {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  const size = sparse === undefined ? stored.length : Buffer.from(content).length;
  const reader = openContentReader(Buffer.from(path), {
    size,
    storedSize: stored.length,
    sparse,
  } as TarEntry);
  const data = Buffer.from(stored);
  for (let at = 0; at < data.length; at += 3) reader?.take(data.subarray(at, at + 3));
  const result = reader?.isSame();
  reader?.close();
  return result;
}

test('openContentReader() compares byte by byte, across pieces', () => {
  assert.equal(isSame('abcdefgh', 'abcdefgh'), true);
  assert.equal(isSame('abcdefgX', 'abcdefgh'), false);
  assert.equal(isSame('Xbcdefgh', 'abcdefgh'), false);
  assert.equal(isSame('abc', 'abcdefgh'), false);
});

test('openContentReader() compares the parts of a sparse file where they belong', () => {
  const parts = [
    { offset: 2, length: 4 },
    { offset: 8, length: 2 },
  ];
  assert.equal(isSame('..abcd..ef', 'abcdef', parts), true);
  assert.equal(isSame('..abcd..eX', 'abcdef', parts), false);
});

test('openContentReader() reads the holes of a file that takes up more than its data', () => {
  const content = Buffer.alloc(300_000);
  content.write('end', 299_997);
  const parts = [{ offset: 299_997, length: 3 }];
  assert.equal(isSame(content, 'end', parts), true);
  content[1000] = 1;
  assert.equal(isSame(content, 'end', parts), false);
});

test('openContentReader() has nothing to say of a file that is missing', () => {
  truncateSync(join(folder, 'file'));
  assert.equal(openContentReader(Buffer.from(join(folder, 'none')), {} as TarEntry), undefined);
});
