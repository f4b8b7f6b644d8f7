/** The operations of native/unpack.h; a test compares the two. */
export const UNPACK = {
  ROOT: 1,
  DIRECTORY: 2,
  FILE: 3,
  DATA: 4,
  END: 5,
  SYMLINK: 6,
  HARDLINK: 7,
  FIFO: 8,
  WHITEOUT: 9,
  ATTRIBUTES: 10,
  REMOVE: 11,
  TIMES: 12,
  SYNC: 13,
} as const;

/** The flag of a directory that is there already. */
export const UNPACK_IS_THERE = 1;

/** The kinds of answers. */
export const UNPACK_ANSWER = { DONE: 1, WARNING: 2, FAILED: 3 } as const;

/** Length of a record without its texts, in bytes. */
export const recordSize = 56;

/** Length of what an answer begins with, in bytes. */
export const answerHeadSize = 12;

/** A record; what is left out is 0 or empty. Texts hold one byte per character. */
export interface UnpackRecord {
  op: (typeof UNPACK)[keyof typeof UNPACK];
  flags?: number;
  mode?: number;
  uid?: number;
  gid?: number;
  mtime?: { seconds: number; nanoseconds: number };
  size?: number;
  path?: string;
  link?: string;
  attributes?: Buffer;
  length?: number;
}

/** The length of a record with its texts, in bytes. */
export function encodedLength({ path = '', link = '', attributes }: UnpackRecord): number {
  return recordSize + path.length + link.length + (attributes?.length ?? 0);
}

/** Writes a record into `to` at `at`; returns where it ends. Numbers are little-endian. */
export function encodeRecord(record: UnpackRecord, to: Buffer, at: number): number {
  const { path = '', link = '', attributes } = record;
  const { seconds, nanoseconds } = record.mtime ?? { seconds: 0, nanoseconds: 0 };
  to.writeUInt32LE(record.op, at);
  to.writeUInt32LE(record.flags ?? 0, at + 4);
  to.writeUInt32LE(record.mode ?? 0, at + 8);
  to.writeUInt32LE(record.uid ?? 0, at + 12);
  to.writeUInt32LE(record.gid ?? 0, at + 16);
  to.writeUInt32LE(nanoseconds, at + 20);
  writeInt64(to, seconds, at + 24);
  writeInt64(to, record.size ?? 0, at + 32);
  to.writeUInt32LE(path.length, at + 40);
  to.writeUInt32LE(link.length, at + 44);
  to.writeUInt32LE(attributes?.length ?? 0, at + 48);
  to.writeUInt32LE(record.length ?? 0, at + 52);
  let end = at + recordSize;
  end += to.write(path, end, 'latin1');
  end += to.write(link, end, 'latin1');
  if (attributes !== undefined) end += attributes.copy(to, end);
  return end;
}

/** Encodes extended attributes: of each the lengths of name and value, then both. */
export function encodeAttributes(attributes: Iterable<[name: string, value: Buffer]>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of attributes) {
    const lengths = Buffer.alloc(8);
    lengths.writeUInt32LE(name.length, 0);
    lengths.writeUInt32LE(value.length, 4);
    parts.push(lengths, Buffer.from(name, 'latin1'), value);
  }
  return Buffer.concat(parts);
}

const word = 2 ** 32;

function writeInt64(to: Buffer, value: number, at: number): void {
  const high = Math.floor(value / word);
  to.writeUInt32LE(value - high * word, at);
  to.writeInt32LE(high, at + 4);
}
