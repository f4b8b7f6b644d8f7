import { TspodError } from '../../lib/errors';
import type { TarEntry } from './entry';
import { createHeaderParser } from './header-parser';

/** What is told of an archive's members, one after the other: `entry`, then its `data`, then `end`. */
export interface TarHandler {
  entry(entry: TarEntry): void;
  /** A piece of the stored bytes; valid only during the call. */
  data(chunk: Buffer): void;
  end(): void;
}

/** An archive that is pushed in pieces of any size. */
export interface TarReader {
  push(chunk: Buffer): void;
  /** To be called after the last piece. Error `invalid`: the archive ends in the middle of a member. */
  finish(): void;
}

/** Reads an archive as it comes. What follows the mark at its end is ignored, as other readers do. */
export function createTarReader(handler: TarHandler): TarReader {
  const parser = createHeaderParser();
  let partial: Buffer[] = [];
  let buffered = 0;
  let dataLeft = 0;
  let paddingLeft = 0;
  let ended = false;

  function start(entry: TarEntry): void {
    handler.entry(entry);
    dataLeft = entry.storedSize;
    paddingLeft = (512 - (entry.storedSize % 512)) % 512;
    if (dataLeft === 0) handler.end();
  }

  /** Takes header bytes from the front of `chunk`; returns how many. */
  function takeHeader(chunk: Buffer): number {
    const missing = parser.needed - buffered;
    const taken = chunk.subarray(0, missing);
    if (taken.length < missing) {
      // The caller reuses its buffer.
      partial.push(Buffer.from(taken));
      buffered += taken.length;
      return taken.length;
    }
    const block = buffered === 0 ? taken : Buffer.concat([...partial, taken]);
    partial = [];
    buffered = 0;
    const entry = parser.feed(block);
    if (entry === 'end') ended = true;
    else if (entry !== undefined) start(entry);
    return taken.length;
  }

  function takeData(chunk: Buffer): number {
    const data = chunk.subarray(0, dataLeft);
    handler.data(data);
    dataLeft -= data.length;
    if (dataLeft === 0) handler.end();
    return data.length;
  }

  return {
    push(chunk) {
      let at = 0;
      while (at < chunk.length && !ended) {
        const rest = at === 0 ? chunk : chunk.subarray(at);
        if (dataLeft > 0) {
          at += takeData(rest);
        } else if (paddingLeft > 0) {
          const skipped = Math.min(paddingLeft, rest.length);
          paddingLeft -= skipped;
          at += skipped;
        } else {
          at += takeHeader(rest);
        }
      }
    },
    finish() {
      if (ended) return;
      // The padding of the last member may be missing: some writers leave it out.
      if (dataLeft > 0 || buffered > 0 || !parser.idle) {
        throw new TspodError('invalid', 'unexpected end of the tar archive: it is truncated');
      }
    },
  };
}
