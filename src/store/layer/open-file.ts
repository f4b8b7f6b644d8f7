import { writeSync } from 'node:fs';
import type { TarEntry } from '../tar/entry';

/** A file that is being unpacked. */
export interface OpenFile {
  descriptor: number;
  path: Buffer;
  entry: TarEntry;
  /** Where the next stored byte goes, and the parts that are left. */
  position: number;
  part: number;
  partLeft: number;
}

/** Writes the next stored bytes to where they belong: a sparse file's go to its segments, in turn. */
export function writeChunk(file: OpenFile, chunk: Buffer): void {
  let at = 0;
  while (at < chunk.length) {
    const sparse = file.entry.sparse;
    while (sparse !== undefined && file.partLeft === 0) {
      const next = sparse[++file.part];
      if (next === undefined) return;
      file.position = next.offset;
      file.partLeft = next.length;
    }
    const wanted = sparse === undefined ? chunk.length - at : Math.min(chunk.length - at, file.partLeft);
    const written = writeSync(file.descriptor, chunk, at, wanted, file.position);
    at += written;
    file.position += written;
    file.partLeft -= written;
  }
}
