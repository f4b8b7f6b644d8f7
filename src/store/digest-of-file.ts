import { closeSync, fstatSync, openSync } from 'node:fs';
import { newSha256 } from '../sys/sha256';
import { readRange } from './file-range';

/** The digest of a file's content; `hash` is one that has been begun and has got nothing. */
export function digestOfFile(path: string, hash = newSha256()): string {
  const descriptor = openSync(path, 'r');
  try {
    const next = readRange({ descriptor, offset: 0, size: fstatSync(descriptor).size }, { reuse: true });
    for (let chunk = next(); chunk !== undefined; chunk = next()) hash.update(chunk);
    return `sha256:${hash.hex()}`;
  } finally {
    closeSync(descriptor);
  }
}
