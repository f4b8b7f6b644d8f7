import { lstatSync } from 'node:fs';
import { isErrno } from '../../lib/errors';
import type { TarEntry } from '../tar/entry';
import type { FileMaker } from './file-maker';

/** A parent directory that the archive does not name: as the topmost lower layer has it, else root's and 0755. */
export function implicitDirectory(path: string, lowers: readonly string[]): TarEntry {
  const entry: TarEntry = {
    type: 'directory',
    path,
    linkPath: '',
    size: 0,
    storedSize: 0,
    mode: 0o755,
    uid: 0,
    gid: 0,
    mtime: { seconds: 0, nanoseconds: 0 },
    major: 0,
    minor: 0,
    xattrs: new Map(),
    sparse: undefined,
  };
  for (const lower of lowers) {
    try {
      const found = lstatSync(Buffer.concat([Buffer.from(`${lower}/`), Buffer.from(path, 'latin1')]));
      if (!found.isDirectory()) break;
      const seconds = Math.floor(found.mtimeMs / 1000);
      return {
        ...entry,
        mode: found.mode & 0o7777,
        uid: found.uid,
        gid: found.gid,
        mtime: { seconds, nanoseconds: 0 },
      };
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw error;
    }
  }
  return entry;
}

/**
 * Gives directories of an unpacked layer, which its archive did not name, the look that they have in the layers below, now
 * that those are there too.
 */
export function settleImplicit(
  directory: string,
  paths: readonly string[],
  { lowers, files }: { lowers: readonly string[]; files: FileMaker },
): void {
  if (paths.length === 0) return;
  files.begin(directory);
  for (const path of paths) {
    const entry = implicitDirectory(path, lowers);
    files.directory(path, entry, true);
    files.times(path, entry);
  }
  files.sync(() => undefined);
}
