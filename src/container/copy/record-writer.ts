import { normalize } from 'node:path/posix';
import type { TarEntry, TarEntryType } from '../../store/tar/entry';
import type { TarHandler } from '../../store/tar/tar-reader';

/** Types of tar, by which the helper knows them; devices cannot be made by a user and are left out. */
const TYPES: Partial<Record<TarEntryType, string>> = {
  file: '0',
  'hard-link': '1',
  symlink: '2',
  directory: '5',
  fifo: '6',
};
const RECORD_BYTES = 48;
const LARGEST_CHUNK = 256 * 1024;

/**
 * Turns the members of an archive into the records that native/copy_from_records.c reads: no path leads above the directory
 * that they are for. `write` gets bytes that are valid only during the call.
 */
export function recordWriter(write: (bytes: Buffer) => void): TarHandler {
  let segments: { offset: number; length: number }[] | undefined;
  let attributes: Buffer[] = [];
  return {
    entry(entry) {
      segments = undefined;
      attributes = [];
      const path = insidePath(entry.path);
      const type = TYPES[entry.type];
      if (type === undefined || path === '') return;
      write(record(type, path, entry));
      attributes = [...entry.xattrs].map(([name, value]) => attribute(name, value));
      if (entry.type !== 'file') return;
      segments = (entry.sparse ?? [{ offset: 0, length: entry.storedSize }]).map((segment) => ({
        ...segment,
      }));
    },
    data(chunk) {
      for (let at = 0; segments !== undefined && at < chunk.length;) {
        while (segments[0]?.length === 0) segments.shift();
        const [segment] = segments;
        if (segment === undefined) return;
        const length = Math.min(chunk.length - at, segment.length, LARGEST_CHUNK);
        write(chunkHeader(segment.offset, length));
        write(chunk.subarray(at, at + length));
        segment.offset += length;
        segment.length -= length;
        at += length;
      }
    },
    end() {
      if (segments !== undefined) write(chunkHeader(0, 0));
      // file capabilities do not outlive a change of the content
      for (const bytes of attributes) write(bytes);
      segments = undefined;
      attributes = [];
    },
  };
}

/** What ends the records: without it the helper takes them for cut off. */
export function endRecord(): Buffer {
  return Buffer.alloc(RECORD_BYTES);
}

/** Relative, without leading `..`; empty for the directory itself. */
function insidePath(path: string): string {
  const clean = normalize(`/${path}`).replace(/\/+$/, '').slice(1);
  return clean.includes('\0') ? '' : clean;
}

function record(type: string, path: string, entry: TarEntry): Buffer {
  const link = entry.type === 'hard-link' ? insidePath(entry.linkPath) : entry.linkPath;
  const bytes = Buffer.alloc(RECORD_BYTES + path.length + link.length);
  const { seconds, nanoseconds } = entry.mtime;
  const numbers = [type.charCodeAt(0), path.length, link.length, entry.mode, entry.uid, entry.gid];
  numbers.push(nanoseconds, entry.xattrs.size);
  numbers.forEach((number, index) => bytes.writeUInt32LE(number >>> 0, index * 4));
  bytes.writeBigInt64LE(BigInt(seconds), 32);
  bytes.writeBigUInt64LE(BigInt(entry.size), 40);
  // one byte per character: names are bytes
  bytes.write(path + link, RECORD_BYTES, 'latin1');
  return bytes;
}

function attribute(name: string, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(name.length, 0);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, Buffer.from(name, 'latin1'), value]);
}

function chunkHeader(offset: number, length: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeBigUInt64LE(BigInt(offset), 0);
  header.writeBigUInt64LE(BigInt(length), 8);
  return header;
}
