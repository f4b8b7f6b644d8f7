import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { isErrno } from '../lib/errors';
import { randomId } from '../lib/id';
import { lockFile } from '../sys/file-lock';
import type { FileLock } from '../sys/file-lock';
import type { StorePaths } from './store-paths';

/** A directory in tmp/ for what is not complete yet; its lock says that somebody is at work in it. */
export interface Staging {
  path: string;
  /** Removes what was not renamed away; needs the ids of what was unpacked in it. */
  remove(): void;
}

const prefix = 'image-';
/** Between making the directory and locking it an owner needs less than this, in milliseconds. */
const youth = 5_000;
/** What has no lock (containers and volumes that are made or removed) needs less than this, in milliseconds. */
const unlockedYouth = 60_000;

/** Makes a staging directory, and removes those of processes that were killed. Needs the ids of what is in them. */
export function openStaging(store: StorePaths): Staging {
  for (const path of staleStaging(store)) rmSync(path, { recursive: true, force: true });
  return makeStaging(store);
}

/** Makes a staging directory for files of the user's own id: needs no other ids, and leaves others' alone. */
export function makeStaging(store: Pick<StorePaths, 'tmp'>): Staging {
  const path = `${store.tmp}/${prefix}${randomId().slice(0, 16)}`;
  mkdirSync(path, { mode: 0o700 });
  const lock = lockFile(`${path}/lock`);
  return {
    path,
    remove() {
      removeStaging(path);
      lock?.release();
    },
  };
}

/** Most often only its lock is left in it: rmSync() would ask a lot, and has to be loaded. */
function removeStaging(path: string): void {
  try {
    unlinkSync(`${path}/lock`);
    rmdirSync(path);
  } catch {
    rmSync(path, { recursive: true, force: true });
  }
}

/** The same, made when its path is asked for the first time: where nothing has to be staged there is none. */
export function stagingAtUse(store: Pick<StorePaths, 'tmp'>): Staging {
  let staging: Staging | undefined;
  return {
    get path() {
      return (staging ??= makeStaging(store)).path;
    },
    remove: () => staging?.remove(),
  };
}

/** The paths in tmp/ whose makers died: nobody holds their lock. They stay unless the caller removes them. */
export function staleStaging(store: Pick<StorePaths, 'tmp'>, now = Date.now()): string[] {
  return listDirectory(store.tmp)
    .map((name) => `${store.tmp}/${name}`)
    .filter((path) => isStale(path, now));
}

function isStale(path: string, now: number): boolean {
  let lock: FileLock | undefined;
  const hasLock = basename(path).startsWith(prefix);
  try {
    const found = statSync(path);
    if (now - found.mtimeMs < (hasLock ? youth : unlockedYouth)) return false;
    // asking for a lock that nobody made would make it, and the directory look young
    if (!hasLock || !found.isDirectory() || !existsSync(`${path}/lock`)) return true;
    lock = lockFile(`${path}/lock`, { wait: false });
    return lock !== undefined;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  } finally {
    lock?.release();
  }
}

/** The names in a directory; none when it is missing. */
export function listDirectory(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}
