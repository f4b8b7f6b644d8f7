import { closeSync, constants, fsyncSync, openSync, statSync } from 'node:fs';
import { isErrno } from '../lib/errors';
import { beginWriting } from './begin-writing';
import { listSmallTree } from './small-tree';
import type { TreeEntry } from './small-tree';

/**
 * Makes files, and directories with all that is in them, last through a power loss, one by one: what else waits to be written on
 * the file system is not waited for. False, and nothing is done, where these are more than `most`, or one cannot be opened.
 */
export function syncFiles(paths: readonly string[], most: number): boolean {
  const found: TreeEntry[] = [];
  for (const path of paths) {
    const isDirectory = statSync(path).isDirectory();
    const below = isDirectory ? listSmallTree(path, most) : [];
    if (below === undefined) return false;
    found.push({ path: Buffer.from(path), kind: isDirectory ? 'directory' : 'file' }, ...below);
  }
  // what is neither lasts with its directory
  const lasting = found.filter(({ kind }) => kind !== 'other');
  return lasting.length <= most && syncAll(lasting);
}

function syncAll(entries: readonly TreeEntry[]): boolean {
  const opened: { descriptor: number; kind: TreeEntry['kind'] }[] = [];
  try {
    for (const { path, kind } of entries) opened.push({ descriptor: openToRead(path), kind });
    // with their blocks allotted all of them go into one transaction of the journal
    for (const { descriptor } of opened.filter(({ kind }) => kind === 'file')) beginWriting(descriptor);
    for (const { descriptor } of opened) fsyncSync(descriptor);
    return true;
  } catch (error) {
    if (isErrno(error, 'EACCES', 'EPERM')) return false;
    throw error;
  } finally {
    for (const { descriptor } of opened) closeSync(descriptor);
  }
}

function openToRead(path: Buffer): number {
  return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}
