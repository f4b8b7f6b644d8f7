import assert from 'node:assert/strict';
import test from 'node:test';
import { number, parseHeaderBlock } from '../../../../src/store/tar/header-block';

/** A header block; its checksum takes the bytes for unsigned or signed ones. */
function header(name: Buffer, { signed = false } = {}): Buffer {
  const block = Buffer.alloc(512);
  name.copy(block);
  block.write('0000644\0', 100);
  block.write('        ', 148);
  block.write('0', 156);
  const sum = block.reduce((total, byte) => total + (signed && byte > 127 ? byte - 256 : byte), 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

for (const [text, value] of [
  ['0000644\0', 0o644],
  ['   644 \0', 0o644],
  ['\0\0\0\0\0\0\0\0', 0],
  ['        ', 0],
  ['77777777', 0o77777777],
  ['17 junk\0', 0o17],
] as const) {
  test(`number() reads ${JSON.stringify(text)}`, () => {
    assert.equal(number(Buffer.from(`xx${text}7`), 2, 8), value);
  });
}

for (const text of ['0000648\0', '-000644\0', '0x1ff\0\0\0', '12.5\0\0\0\0']) {
  test(`number() refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => number(Buffer.from(text), 0, 8), /malformed number/);
  });
}

test('parseHeaderBlock() takes checksums of unsigned and of signed bytes', () => {
  const name = Buffer.alloc(100, 0xff);
  for (const signed of [false, true])
    assert.equal(parseHeaderBlock(header(name, { signed }))?.path, name.toString('latin1'));
});

test('parseHeaderBlock() finds every changed byte, and knows a block of zeros', () => {
  for (let at = 0; at < 512; at++) {
    const block = header(Buffer.from('name'));
    block[at] = (block[at] ?? 0) ^ 1;
    // what follows the number of the checksum does not count
    if (at < 154 || at > 155)
      assert.throws(() => parseHeaderBlock(block), /wrong checksum|malformed number/, `byte ${at}`);
  }
  assert.equal(parseHeaderBlock(Buffer.alloc(512)), undefined);
});

test('parseHeaderBlock() reads a block in the middle of a larger buffer', () => {
  const data = Buffer.concat([Buffer.from('odd'), header(Buffer.from('name')), Buffer.alloc(9, 1)]);
  assert.equal(parseHeaderBlock(data.subarray(3, 515))?.path, 'name');
});

test('parseHeaderBlock() says of a text that it is no archive', () => {
  const block = Buffer.alloc(512, 'A text that is none. ');
  assert.throws(() => parseHeaderBlock(block), { code: 'invalid', message: /^not a tar archive/ });
});
