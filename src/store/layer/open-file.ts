import type { TarEntry } from '../tar/entry';
import type { FileMaker } from './file-maker';

/** A file that is being unpacked. */
export interface OpenFile {
  entry: TarEntry;
  /** Where the next stored byte goes, and the parts that are left. */
  position: number;
  part: number;
  partLeft: number;
}

/** Writes the next stored bytes to where they belong: a sparse file's go to its segments, in turn. */
export function writeChunk(file: OpenFile, chunk: Buffer, to: Pick<FileMaker, 'data'>): void {
  let at = 0;
  while (at < chunk.length) {
    const sparse = file.entry.sparse;
    while (sparse !== undefined && file.partLeft === 0) {
      const next = sparse[++file.part];
      if (next === undefined) return;
      file.position = next.offset;
      file.partLeft = next.length;
    }
    const length = sparse === undefined ? chunk.length - at : Math.min(chunk.length - at, file.partLeft);
    to.data(chunk.subarray(at, at + length), file.position);
    at += length;
    file.position += length;
    file.partLeft -= length;
  }
}
