import type { Dirent } from 'node:fs';
import { readdirSync } from 'node:fs';
import { isErrno } from '../lib/errors';

/** Something below a directory. */
export interface TreeEntry {
  /** As bytes: names need not be UTF-8. */
  path: Buffer;
  kind: 'file' | 'directory' | 'other';
}

/**
 * All that is below a directory, a directory before what is in it; no link is followed. Undefined where these are more than
 * `most`, or some cannot be read.
 */
export function listSmallTree(path: string | Buffer, most: number): TreeEntry[] | undefined {
  const found: TreeEntry[] = [];
  try {
    return isListed(found, Buffer.from(path), most) ? found : undefined;
  } catch (error) {
    if (isErrno(error, 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}

function isListed(found: TreeEntry[], directory: Buffer, most: number): boolean {
  for (const entry of readdirSync(directory, { withFileTypes: true, encoding: 'buffer' })) {
    if (found.length === most) return false;
    const path = Buffer.concat([directory, Buffer.from('/'), entry.name]);
    const kind = kindOf(entry);
    found.push({ path, kind });
    if (kind === 'directory' && !isListed(found, path, most)) return false;
  }
  return true;
}

function kindOf(entry: Dirent<Buffer>): TreeEntry['kind'] {
  return entry.isDirectory() ? 'directory' : entry.isFile() ? 'file' : 'other';
}
