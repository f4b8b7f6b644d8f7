import { closeSync, fstatSync, openSync } from 'node:fs';
import { posix } from 'node:path';
import { TspodError, isErrno, wrapError } from '../../lib/errors';
import { checkBlob } from '../../store/blob-writer';
import type { ExpectedBlob } from '../../store/blob-writer';
import { digestOf } from '../../store/digest';
import { readSmallRange } from '../../store/file-range';
import type { FileRange } from '../../store/file-range';
import { indexTarFile } from '../../store/tar/tar-index';

/** The files of an image archive, packed in one or spread over a directory. */
export interface ArchiveFiles {
  /** Where a file's bytes are; undefined when there is no such file. The descriptor belongs to the archive. */
  find(path: string): FileRange | undefined;
  close(): void;
}

/** The files of an uncompressed tar archive; closes its descriptor in the end, and on an error. Error `invalid`: it is no archive. */
export function openTarFiles(descriptor: number): ArchiveFiles {
  const members = indexed(descriptor);
  function find(path: string, links = 0): FileRange | undefined {
    const member = members.get(path);
    if (member?.linkPath === undefined) return member === undefined ? undefined : { descriptor, ...member };
    // docker save writes a layer that two images share as a link to the first
    const beside = posix.normalize(posix.join(posix.dirname(path), member.linkPath));
    const target = members.has(beside) ? beside : posix.normalize(member.linkPath);
    return links < 8 ? find(target, links + 1) : undefined;
  }
  return { find, close: () => closeSync(descriptor) };
}

function indexed(descriptor: number): ReturnType<typeof indexTarFile> {
  try {
    return indexTarFile(descriptor, fstatSync(descriptor).size);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** The files of a directory; a path that leads out of it is that of no file. */
export function openDirectoryFiles(directory: string): ArchiveFiles {
  const open: number[] = [];
  return {
    find(path) {
      if (/^\.\.(\/|$)/.test(posix.normalize(path))) return undefined;
      try {
        const descriptor = openSync(`${directory}/${path}`, 'r');
        open.push(descriptor);
        return { descriptor, offset: 0, size: fstatSync(descriptor).size };
      } catch (error) {
        if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
        throw error;
      }
    },
    close: () => open.splice(0).forEach((descriptor) => closeSync(descriptor)),
  };
}

/** The content of a small file of the archive. Error `invalid`: it is missing or too large. */
export function readArchiveFile(files: ArchiveFiles, path: string): Buffer {
  const range = requireArchiveFile(files, path);
  try {
    return readSmallRange(range);
  } catch (error) {
    throw wrapError(`reading ${JSON.stringify(path)}`, error);
  }
}

/** The same, verified. Error `invalid`: it is missing, too large, or not what is expected. */
export function readVerifiedFile(files: ArchiveFiles, path: string, { digest, size }: ExpectedBlob): Buffer {
  const data = readArchiveFile(files, path);
  try {
    checkBlob({ digest: digestOf(data), size: data.length }, { digest, size });
  } catch (error) {
    throw wrapError(`reading ${JSON.stringify(path)}`, error);
  }
  return data;
}

/** Where a file's bytes are. Error `invalid`: it is missing. */
export function requireArchiveFile(files: ArchiveFiles, path: string): FileRange {
  const range = files.find(path);
  if (range === undefined)
    throw new TspodError('invalid', `${JSON.stringify(path)} is missing in the archive`);
  return range;
}
