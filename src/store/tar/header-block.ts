import { TspodError } from '../../lib/errors';

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
  const digits = block.toString('latin1', start, start + length).replace(/^[ \0]+|[ \0].*$/gs, '');
  if (digits === '') return 0;
  if (!/^[0-7]+$/.test(digits)) throw new TspodError('invalid', 'malformed number in a tar header');
  return parseInt(digits, 8);
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
  let unsigned = 8 * 32;
  let signed = 8 * 32;
  for (let i = 0; i < 512; i++) {
    if (i === 148) i = 156;
    const byte = block[i] ?? 0;
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  if (unsigned === 8 * 32 && block.every((byte) => byte === 0)) return false;
  const stored = number(block, 148, 8);
  if (stored === unsigned || stored === signed) return true;
  throw new TspodError('invalid', 'not a tar archive, or a damaged one: wrong checksum of a header');
}
