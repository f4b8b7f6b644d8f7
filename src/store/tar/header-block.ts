import { ifWhole, TspodError } from '../../lib/errors';

/** The fields of one 512-byte header block as they stand there. */
export interface HeaderBlock {
  typeFlag: string;
  path: string;
  linkPath: string;
  size: number;
  mode: number;
  uid: number;
  gid: number;
  mtime: number;
  major: number;
  minor: number;
}

/** Where the checksum stands. */
const checksumAt = 148;
const checksumSize = 8;

/** Reads a header block of the v7, ustar or GNU format; undefined when it is all zeros. Error: `invalid`. */
export function parseHeaderBlock(block: Buffer): HeaderBlock | undefined {
  if (!hasChecksum(block)) return undefined;
  const magic = block.toString('latin1', 257, 265);
  const prefix = magic.startsWith('ustar\0') ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  const known = magic.startsWith('ustar');
  return {
    typeFlag: block.toString('latin1', 156, 157),
    path: prefix === '' ? name : `${prefix}/${name}`,
    linkPath: text(block, 157, 100),
    mode: number(block, 100, 8),
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
    size: number(block, 124, 12),
    mtime: number(block, 136, 12),
    major: known ? number(block, 329, 8) : 0,
    minor: known ? number(block, 337, 8) : 0,
  };
}

/** A NUL-terminated field, one byte per character. */
function text(block: Buffer, start: number, length: number): string {
  const end = block.indexOf(0, start);
  return block.toString('latin1', start, end < 0 || end > start + length ? start + length : end);
}

/** A number: octal digits, or base 256 when the highest bit is set (GNU). */
export function number(block: Buffer, start: number, length: number): number {
  const first = block[start] ?? 0;
  if (first & 0x80) return binaryNumber(block, start, length);
  return octalNumber(block, start, start + length);
}

/** Digits between blanks or NULs; 0 where there are none. */
function octalNumber(block: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(block[at])) at++;
  let value = 0;
  for (; at < end && !isBlank(block[at]); at++) {
    const digit = (block[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) throw new TspodError('invalid', 'malformed number in a tar header');
    value = value * 8 + digit;
  }
  return value;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0;
}

function binaryNumber(block: Buffer, start: number, length: number): number {
  const negative = (block[start] ?? 0) & 0x40;
  let value = negative ? -1n : 0n;
  for (let i = start; i < start + length; i++) {
    const byte = i === start ? (block[i] ?? 0) & 0x7f : (block[i] ?? 0);
    value = i === start ? (negative ? BigInt(byte) - 128n : BigInt(byte)) : value * 256n + BigInt(byte);
  }
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < -BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new TspodError('invalid', 'number out of range in a tar header');
  }
  return Number(value);
}

/** Whether it is a header; false for a block of zeros. The sum counts its own field as eight spaces. */
function hasChecksum(block: Buffer): boolean {
  const whole = sumOf(block);
  if (whole === 0) return false;
  const stored = ifWhole(() => number(block, checksumAt, checksumSize));
  const own = block.subarray(checksumAt, checksumAt + checksumSize).reduce((sum, byte) => sum + byte, 0);
  const unsigned = whole - own + checksumSize * 0x20;
  // some writers take the bytes for signed ones
  if (stored === unsigned || stored === unsigned - 256 * highBytes(block)) return true;
  throw new TspodError('invalid', 'not a tar archive, or a damaged one: wrong checksum of a header');
}

function highBytes(block: Buffer): number {
  return block.filter((byte, at) => byte > 127 && (at < checksumAt || at >= checksumAt + checksumSize))
    .length;
}

/** Two bytes of a word at a time, each in 16 bits: so many hold the sum of 256 bytes. */
function sumOf(block: Buffer): number {
  const isAligned = block.byteOffset % Uint32Array.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset } = isAligned ? block : Uint8Array.from(block.subarray(0, 512));
  const words = new Uint32Array(buffer, byteOffset, 128);
  let sums = 0;
  for (let at = 0; at < 128; at++) {
    const word = words[at] ?? 0;
    sums = (sums + (word & 0xff00ff) + ((word >>> 8) & 0xff00ff)) | 0;
  }
  return (sums & 0xffff) + (sums >>> 16);
}
