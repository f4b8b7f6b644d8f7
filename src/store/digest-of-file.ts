import { closeSync, fstatSync, openSync } from 'node:fs';
import { newSha256 } from '../sys/sha256';
import { readRange } from './file-range';

/** The digest of a file's content. */
export function digestOfFile(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const next = readRange({ descriptor, offset: 0, size: fstatSync(descriptor).size }, { reuse: true });
    const hash = newSha256();
    for (let chunk = next(); chunk !== undefined; chunk = next()) hash.update(chunk);
    return `sha256:${hash.hex()}`;
  } finally {
    closeSync(descriptor);
  }
}
