import { closeSync, constants, fstatSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { isErrno } from '../lib/errors';
import { tryLockDescriptor } from '../sys/file-lock';
import { listDirectory } from './staging';
import type { StorePaths } from './store-paths';

/** A blob that is being fetched: a file that outlives an interruption, locked by the one who fetches it. */
export interface PartialBlob {
  path: string;
  /** Open for reading and writing. */
  descriptor: number;
  /** Bytes that were there already. */
  size: number;
  /** Closes the file and lets the next one in; the file stays. */
  release(): void;
}

/** How often a lock that somebody else holds is tried again, in milliseconds. */
const interval = 50;

/** The file in which a blob is gathered. */
export function partialPath(store: Pick<StorePaths, 'partial'>, hex: string): string {
  return `${store.partial}/${hex}`;
}

/**
 * Opens the file of a blob that is to be fetched, waiting while another process fetches the same. Who has waited has to
 * look into the store again: the blob may be there now. Error: the reason of `signal`.
 */
export async function openPartialBlob(
  store: Pick<StorePaths, 'partial'>,
  hex: string,
  signal?: AbortSignal,
): Promise<PartialBlob> {
  mkdirSync(store.partial, { recursive: true, mode: 0o700 });
  for (;;) {
    const opened = tryOpen(partialPath(store, hex));
    if (opened !== undefined) return opened;
    await new Promise((resolve) => setTimeout(resolve, interval));
    signal?.throwIfAborted();
  }
}

/** Undefined when somebody else has the file, or has moved it away before it was locked. */
function tryOpen(path: string): PartialBlob | undefined {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  let isOurs = false;
  try {
    isOurs = tryLockDescriptor(descriptor) && isStillAt(path, descriptor);
  } finally {
    if (!isOurs) closeSync(descriptor);
  }
  if (!isOurs) return undefined;
  return { path, descriptor, size: fstatSync(descriptor).size, release: () => closeSync(descriptor) };
}

function isStillAt(path: string, descriptor: number): boolean {
  return statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(descriptor).ino;
}

/** Removes what nobody has gone on with for `age` milliseconds. */
export function removeStalePartials(store: Pick<StorePaths, 'partial'>, age: number, now = Date.now()): void {
  for (const hex of listDirectory(store.partial)) {
    const path = partialPath(store, hex);
    try {
      if (now - statSync(path).mtimeMs >= age) removeUnlocked(path);
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
    }
  }
}

function removeUnlocked(path: string): void {
  const descriptor = openSync(path, 'r+');
  try {
    // it may have become a blob meanwhile, and the name another download's
    if (tryLockDescriptor(descriptor) && isStillAt(path, descriptor)) rmSync(path, { force: true });
  } finally {
    closeSync(descriptor);
  }
}
