import assert from 'node:assert/strict';
import test from 'node:test';
import { endRecord, recordWriter } from '../../../src/container/copy/record-writer';
import type { TarEntry } from '../../../src/store/tar/entry';

function entry(given: Partial<TarEntry>): TarEntry {
  return {
    ...{ type: 'file', path: 'f', linkPath: '', size: 0, storedSize: 0, mode: 0o644, uid: 1, gid: 2 },
    ...{ mtime: { seconds: -5, nanoseconds: 7 }, major: 0, minor: 0, xattrs: new Map(), sparse: undefined },
    ...given,
  };
}

function written(...steps: (TarEntry | Buffer)[]): Buffer {
  const parts: Buffer[] = [];
  const writer = recordWriter((bytes) => parts.push(Buffer.from(bytes)));
  for (const step of steps) {
    if (Buffer.isBuffer(step)) writer.data(step);
    else writer.entry(step);
  }
  writer.end();
  return Buffer.concat(parts);
}

const pathOf = (bytes: Buffer): string => bytes.toString('latin1', 48, 48 + bytes.readUInt32LE(4));

test('a record holds the type, both paths, mode, owner, time and size of a member', () => {
  const bytes = written(entry({ type: 'symlink', path: 'a/b', linkPath: '../../x', mode: 0o777 }));
  assert.equal(bytes.length, 48 + 3 + 7);
  assert.deepEqual(
    [0, 4, 8, 12, 16, 20, 24, 28].map((at) => bytes.readUInt32LE(at)),
    ['2'.charCodeAt(0), 3, 7, 0o777, 1, 2, 7, 0],
  );
  assert.equal(bytes.readBigInt64LE(32), -5n);
  assert.equal(bytes.toString('latin1', 48), 'a/b../../x');
});

for (const [path, clean] of [
  ['../../etc/passwd', 'etc/passwd'],
  ['/etc/passwd', 'etc/passwd'],
  ['a/../../../b', 'b'],
  ['./a//b/', 'a/b'],
] as const) {
  test(`the path "${path}" stays inside the directory`, () => {
    assert.equal(pathOf(written(entry({ path }))), clean);
    const link = written(entry({ type: 'hard-link', path: 'l', linkPath: path }));
    assert.equal(link.toString('latin1', 49), clean);
  });
}

test('the directory itself, devices and names with a NUL byte are passed over', () => {
  assert.equal(written(entry({ type: 'directory', path: './' })).length, 0);
  assert.equal(written(entry({ type: 'character-device', path: 'null' })).length, 0);
  assert.equal(written(entry({ path: 'a\0b', size: 1, storedSize: 1 }), Buffer.from('x')).length, 0);
});

test('data come in chunks with their places, also those of a sparse file', () => {
  const sparse = [
    { offset: 4096, length: 2 },
    { offset: 8192, length: 3 },
    { offset: 9000, length: 0 },
  ];
  const bytes = written(entry({ size: 9000, storedSize: 5, sparse }), Buffer.from('abcd'), Buffer.from('e'));
  const chunks: [bigint, string][] = [];
  let at = 48 + 1;
  for (; bytes.readBigUInt64LE(at + 8) > 0n; at += 16 + Number(bytes.readBigUInt64LE(at + 8))) {
    const length = Number(bytes.readBigUInt64LE(at + 8));
    chunks.push([bytes.readBigUInt64LE(at), bytes.toString('latin1', at + 16, at + 16 + length)]);
  }
  assert.deepEqual(chunks, [
    [4096n, 'ab'],
    [8192n, 'cd'],
    [8194n, 'e'],
  ]);
  assert.equal(bytes.length, at + 16);
  assert.equal(bytes.readBigUInt64LE(40), 9000n);
  assert.ok(endRecord().every((byte) => byte === 0) && endRecord().length === 48);
});

test('attributes follow the data: written before, file capabilities would be lost', () => {
  const xattrs = new Map([['user.x', Buffer.from('y')]]);
  const bytes = written(entry({ size: 1, storedSize: 1, xattrs }), Buffer.from('d'));
  assert.equal(bytes.readUInt32LE(28), 1);
  const data = 48 + 1;
  assert.equal(bytes.readBigUInt64LE(data + 8), 1n);
  assert.equal(bytes.readBigUInt64LE(data + 16 + 1 + 8), 0n);
  const attribute = bytes.subarray(data + 16 + 1 + 16);
  assert.deepEqual([attribute.readUInt32LE(0), attribute.readUInt32LE(4)], [6, 1]);
  assert.equal(attribute.toString('latin1', 8), 'user.xy');
  assert.ok(
    written(entry({ type: 'directory', path: 'd', xattrs }))
      .toString('latin1')
      .endsWith('user.xy'),
  );
});
