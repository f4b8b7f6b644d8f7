import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import {
  UNPACK,
  UNPACK_ANSWER,
  encodeRecord,
  encodedLength,
  recordSize,
} from '../../../../src/store/layer/unpack-protocol';

const header = readFileSync(new URL('../../../../native/unpack.h', import.meta.url), 'utf8');

test('unpack-protocol.ts has the operations and answers of unpack.h', () => {
  const all = [...header.matchAll(/^ {4}UNPACK_(\w+) = (\d+)/gm)].map(([, name, value]) => [
    name,
    Number(value),
  ]);
  assert.deepEqual({ ...UNPACK, ...UNPACK_ANSWER }, Object.fromEntries(all));
});

test('encodeRecord() writes numbers where unpack.h has them, and texts behind', () => {
  const record = {
    op: UNPACK.SYMLINK,
    mode: 0o777,
    uid: 1,
    gid: 0xffff_fffe,
    mtime: { seconds: -2, nanoseconds: 999_999_999 },
    size: 2 ** 40 + 1,
    path: 'a/b\xff',
    link: '../c',
    attributes: Buffer.from('xyz'),
  };
  const bytes = Buffer.alloc(encodedLength(record));
  assert.equal(encodeRecord(record, bytes, 0), bytes.length);
  assert.equal(bytes.length, recordSize + 4 + 4 + 3);
  assert.deepEqual(
    [bytes.readUInt32LE(0), bytes.readUInt32LE(8), bytes.readUInt32LE(12), bytes.readUInt32LE(16)],
    [UNPACK.SYMLINK, 0o777, 1, 0xffff_fffe],
  );
  assert.deepEqual([bytes.readUInt32LE(20), bytes.readBigInt64LE(24)], [999_999_999, -2n]);
  assert.equal(bytes.readBigUInt64LE(32), 2n ** 40n + 1n);
  assert.equal(bytes.toString('latin1', recordSize), 'a/b\xff../cxyz');
});
