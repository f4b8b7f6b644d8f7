import assert from 'node:assert/strict';
import test from 'node:test';
import { createTarReader } from '../../../../src/store/tar/tar-reader';
import type { TarEntry } from '../../../../src/store/tar/entry';

/** A header of one block, and data of a whole number of blocks. */
function member(type: string, name: string, data = ''): Buffer {
  const block = Buffer.alloc(512);
  block.write(name);
  block.write('0000644\0', 100);
  block.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124);
  block.write('        ', 148);
  block.write(type, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const body = Buffer.alloc(Math.ceil(data.length / 512) * 512);
  body.write(data, 'latin1');
  return Buffer.concat([block, body]);
}

/** `LENGTH KEY=VALUE\n`: the length counts its own digits. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length) length++;
  return `${length}${rest}`;
}

function read(...parts: Buffer[]): TarEntry[] {
  const entries: TarEntry[] = [];
  const reader = createTarReader({
    entry: (entry) => entries.push(entry),
    data: () => undefined,
    end: () => undefined,
  });
  for (const part of parts) reader.push(part);
  reader.push(Buffer.alloc(1024));
  reader.finish();
  return entries;
}

test('createHeaderParser() lets a record of one member count before a global one, and the last global one', () => {
  const [first, second] = read(
    member('g', 'globals', record('uid', '5') + record('gid', '6')),
    member('g', 'globals', record('uid', '7')),
    member('x', 'local', record('gid', '8')),
    member('0', 'first'),
    member('0', 'second'),
  );
  assert.deepEqual([first?.uid, first?.gid], [7, 8]);
  assert.deepEqual([second?.uid, second?.gid], [7, 6]);
});

test('createHeaderParser() passes over records whose names are those of properties', () => {
  const names = ['__proto__', '__defineGetter__', 'constructor', 'toString'];
  const [entry] = read(
    member('x', 'local', names.map((name) => record(name, '1')).join('')),
    member('0', 'file'),
  );
  assert.equal(entry?.path, 'file');
});

test('createHeaderParser() refuses global headers without end', () => {
  const value = 'v'.repeat(1 << 19);
  const parts = ['a', 'b', 'c'].map((key) => member('g', 'globals', record(key, value)));
  assert.throws(() => read(...parts), /the global headers of the tar archive are too large/);
});
