import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { TspodError, isErrno } from '../lib/errors';

/**
 * Replaces a file so that a reader, and the machine after a power loss, sees the old or the new content and nothing
 * between. `temporary` is a path on the same file system that nobody else uses; `sync` makes it last through the loss, by default
 * it alone.
 */
export function writeFileAtomic(
  path: string,
  data: string | Buffer,
  { temporary, mode = 0o600, sync }: { temporary: string; mode?: number; sync?: (temporary: string) => void },
): void {
  try {
    if (sync === undefined) writeFileSynced(temporary, data, mode);
    else {
      writeFileSync(temporary, data, { flag: 'wx', mode });
      sync(temporary);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

/** Makes names that were added to, renamed in or removed from a directory last through a power loss. */
export function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The parsed content of a JSON file; undefined when it is missing. Error `invalid`: it is not JSON. */
export function readJsonFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TspodError('invalid', `reading "${path}": ${(cause as Error).message}`, { cause });
  }
}

/** Writes all of `data`, however many calls it takes; without a position where the file stands. */
export function writeFully(descriptor: number, data: Buffer, position?: number): void {
  let at = 0;
  while (at < data.length) {
    const place = position === undefined ? null : position + at;
    at += writeSync(descriptor, data, at, data.length - at, place);
  }
}

function writeFileSynced(path: string, data: string | Buffer, mode: number): void {
  const descriptor = openSync(path, 'wx', mode);
  try {
    writeFully(descriptor, Buffer.from(data as string));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
