import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { isErrno } from '../lib/errors';

const CHUNK = 256 * 1024;
const LINE_FEED = 0x0a;
/** Rotated files are `path.1` (the newest) to `path.999`. */
const MOST_FILES = 1000;

/** A log as a sequence of lines over all its files, the oldest first; it can be read on when the log has grown. */
export class LogFiles {
  /** Of the newest file. */
  readonly path: string;
  #fd = -1;
  #inode = 0;
  #position = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    this.path = path;
  }

  /** The lines that are there and have not been read yet, without their line feeds. */
  *lines(): Generator<Buffer> {
    for (const block of this.blocks()) {
      let start = 0;
      for (let end = block.indexOf(LINE_FEED); end >= 0; end = block.indexOf(LINE_FEED, start)) {
        yield block.subarray(start, end);
        start = end + 1;
      }
    }
  }

  /** The same as blocks of whole lines, with their line feeds. */
  *blocks(): Generator<Buffer> {
    if (this.#fd < 0 && !this.#open(oldestFile(this.path))) return;
    for (;;) {
      yield* this.#blocksOfFile();
      const next = nextFile(this.path, this.#inode);
      if (next === undefined) return;
      // what was written between the last look and the rotation
      yield* this.#blocksOfFile();
      if (!this.#open(next)) return;
    }
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }

  *#blocksOfFile(): Generator<Buffer> {
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK);
      const length = readSync(this.#fd, chunk, 0, CHUNK, this.#position);
      if (length === 0) return;
      this.#position += length;
      const bytes = Buffer.concat([this.#rest, chunk.subarray(0, length)]);
      const end = bytes.lastIndexOf(LINE_FEED) + 1;
      this.#rest = bytes.subarray(end);
      if (end > 0) yield bytes.subarray(0, end);
    }
  }

  #open(path: string): boolean {
    this.close();
    try {
      this.#fd = openSync(path, 'r');
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return false;
      throw error;
    }
    this.#inode = fstatSync(this.#fd).ino;
    this.#position = 0;
    this.#rest = Buffer.alloc(0);
    return true;
  }
}

function oldestFile(path: string): string {
  let oldest = path;
  for (let number = 1; number < MOST_FILES && existsSync(`${path}.${number}`); number++)
    oldest = `${path}.${number}`;
  return oldest;
}

/** The file that was begun after the one with this inode; undefined when that is the newest. */
function nextFile(path: string, inode: number): string | undefined {
  let newer: string | undefined;
  for (let number = 0; number < MOST_FILES; number++) {
    const file = number === 0 ? path : `${path}.${number}`;
    const found = statSync(file, { throwIfNoEntry: false })?.ino;
    if (found === undefined && number > 0) break;
    if (found === inode) return newer;
    newer = found === undefined ? undefined : file;
  }
  // rotated away while it was read: go on with the oldest that is left
  return oldestFile(path) === path && newer === undefined ? undefined : oldestFile(path);
}
