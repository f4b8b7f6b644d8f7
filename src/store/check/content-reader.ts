import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { TarEntry } from '../tar/entry';

/** Compares the bytes of an archive's member with those of a file, as they come. */
export interface ContentReader {
  /** Whether they were the same until now. */
  isSame(): boolean;
  take(chunk: Buffer): void;
  close(): void;
}

const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** A file system takes up more than there is: whole blocks. Bytes. */
const slack = 1 << 16;

/** A reader of the file at `path`; undefined where there is no such file: that is told of anyway. */
export function openContentReader(path: Buffer, entry: TarEntry): ContentReader | undefined {
  const descriptor = tryOpen(path);
  if (descriptor === undefined) return undefined;
  const scratch = Buffer.allocUnsafe(1 << 18);
  const segments = entry.sparse ?? [{ offset: 0, length: entry.size }];
  let same = true;
  let part = 0;
  let done = 0;

  function compare(data: Buffer, position: number): void {
    for (let at = 0; same && at < data.length;) {
      const wanted = Math.min(scratch.length, data.length - at);
      const length = readSync(descriptor as number, scratch, 0, wanted, position + at);
      same = length > 0 && scratch.compare(data, at, at + length, 0, length) === 0;
      at += length;
    }
  }

  return {
    isSame: () => same && (entry.sparse === undefined || holesAreEmpty(descriptor, entry)),
    take(chunk) {
      for (let at = 0; at < chunk.length;) {
        const segment = segments[part];
        if (segment === undefined) return;
        const length = Math.min(chunk.length - at, segment.length - done);
        compare(chunk.subarray(at, at + length), segment.offset + done);
        at += length;
        done += length;
        if (done === segment.length) [part, done] = [part + 1, 0];
      }
    },
    close: () => closeSync(descriptor),
  };
}

function tryOpen(path: Buffer): number | undefined {
  try {
    return openSync(path, flags);
  } catch {
    return undefined;
  }
}

/** A hole may be huge: it is read only where the file takes up more room than its data need. */
function holesAreEmpty(descriptor: number, entry: TarEntry): boolean {
  const used = fstatSync(descriptor).blocks * 512;
  if (used <= entry.storedSize + slack) return true;
  const zeros = Buffer.alloc(1 << 18);
  const found = Buffer.alloc(1 << 18);
  let at = 0;
  for (const { offset, length } of [...(entry.sparse ?? []), { offset: entry.size, length: 0 }]) {
    while (at < offset) {
      const count = readSync(descriptor, found, 0, Math.min(found.length, offset - at), at);
      if (count === 0 || found.compare(zeros, 0, count, 0, count) !== 0) return false;
      at += count;
    }
    at = offset + length;
  }
  return true;
}
