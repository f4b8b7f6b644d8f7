import { createHash } from 'node:crypto';
import { writePatiently } from '../../sys/patient-write';
import { checkBlob } from '../blob-writer';
import { readRange } from '../file-range';
import type { FileRange } from '../file-range';

/** Where the files of an image archive go, one after the other: into one tar archive, or a directory. */
export interface FileSink {
  /** A small file. */
  addBytes(path: string, data: Buffer): Promise<void>;
  /** A file whose bytes lie in another one. Error `invalid`: that one is shorter, or its digest is not the one given. */
  addRange(path: string, range: FileRange, digest?: string): Promise<void>;
  /** A file whose size turns out while it comes. */
  addStream(path: string, chunks: AsyncIterable<Buffer>): Promise<void>;
  /** A directory, for readers that have to be told of each. */
  addDirectory(path: string): Promise<void>;
  /** A symbolic link. */
  addLink(path: string, target: string): Promise<void>;
  /** Ends the archive. A tar archive is not synced, a directory is. */
  finish(): Promise<void>;
}

/** Appends a range of a file to another, verified on the way. Error `invalid`: it is shorter, or has another digest. */
export async function copyVerified(range: FileRange, digest: string | undefined, to: number): Promise<void> {
  const next = readRange(range, { reuse: true });
  const hash = digest === undefined ? undefined : createHash('sha256');
  let count = 0;
  for (let chunk = next(); chunk !== undefined; chunk = next()) {
    hash?.update(chunk);
    writePatiently(to, chunk);
    // signals are looked at now and then
    if (++count % 32 === 0) await new Promise(setImmediate);
  }
  if (hash === undefined || digest === undefined) return;
  const { size } = range;
  checkBlob({ digest: `sha256:${hash.digest('hex')}`, size }, { digest, size });
}
