import { closeSync, constants, fsyncSync, openSync, readdirSync, statSync } from 'node:fs';
import { isErrno } from '../lib/errors';
import { beginWriting } from './begin-writing';

/** A file or a directory that is to last. */
interface Lasting {
  path: Buffer;
  isFile: boolean;
}

/**
 * Makes files, and directories with all that is in them, last through a power loss, one by one: what else waits to be written on
 * the file system is not waited for. False, and nothing is done, where these are more than `most`, or one cannot be opened.
 */
export function syncFiles(paths: readonly string[], most: number): boolean {
  const found: Lasting[] = [];
  if (!paths.every((path) => collect(found, Buffer.from(path), most))) return false;
  const opened: { descriptor: number; isFile: boolean }[] = [];
  try {
    for (const { path, isFile } of found) opened.push({ descriptor: openToRead(path), isFile });
    // with their blocks allotted all of them go into one transaction of the journal
    for (const { descriptor } of opened.filter(({ isFile }) => isFile)) beginWriting(descriptor);
    for (const { descriptor } of opened) fsyncSync(descriptor);
    return true;
  } catch (error) {
    if (isErrno(error, 'EACCES', 'EPERM')) return false;
    throw error;
  } finally {
    for (const { descriptor } of opened) closeSync(descriptor);
  }
}

/** False where there is too much, or what cannot be read. Other kinds of files last with their directory. */
function collect(found: Lasting[], path: Buffer, most: number): boolean {
  const isDirectory = statSync(path).isDirectory();
  found.push({ path, isFile: !isDirectory });
  return (isDirectory ? collectBelow(found, path, most) : true) && found.length <= most;
}

function collectBelow(found: Lasting[], directory: Buffer, most: number): boolean {
  let entries;
  try {
    entries = readdirSync(directory, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    if (isErrno(error, 'EACCES', 'EPERM')) return false;
    throw error;
  }
  for (const entry of entries) {
    const path = Buffer.concat([directory, Buffer.from('/'), entry.name]);
    if (!entry.isDirectory() && !entry.isFile()) continue;
    found.push({ path, isFile: entry.isFile() });
    if (found.length > most) return false;
    if (entry.isDirectory() && !collectBelow(found, path, most)) return false;
  }
  return true;
}

function openToRead(path: Buffer): number {
  return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}
