import { closeSync, openSync } from 'node:fs';
import { libc } from './native-library';
import { systemCallError } from './system-call';

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;

/** An open lock file; the kernel releases it when the process dies. */
export interface FileLock {
  release(): void;
}

/**
 * Takes flock(2) on `path`, which is made when it is missing; `shared` lets other shared holders in. Waits for it,
 * unless `wait` is false: then the result is undefined when somebody else has it.
 */
export function lockFile(
  path: string,
  options: { shared?: boolean; wait?: boolean } = {},
): FileLock | undefined {
  const descriptor = openSync(path, 'a', 0o600);
  const operation = (options.shared ? LOCK_SH : LOCK_EX) | (options.wait === false ? LOCK_NB : 0);
  if (!flock(descriptor, operation)) {
    const error = systemCallError('flock', path);
    closeSync(descriptor);
    if (error.code === 'EAGAIN') return undefined;
    throw error;
  }
  return { release: () => closeSync(descriptor) };
}

/** Takes the exclusive flock(2) on an open file and waits for it. Closing it, and every copy of it, releases the lock. */
export function lockDescriptor(descriptor: number): void {
  if (!flock(descriptor, LOCK_EX)) throw systemCallError('flock');
}

/** Takes the exclusive flock(2) on an open file, without waiting; false when somebody else has it. Closing it releases the lock. */
export function tryLockDescriptor(descriptor: number): boolean {
  if (flock(descriptor, LOCK_EX | LOCK_NB)) return true;
  const error = systemCallError('flock');
  if (error.code === 'EAGAIN') return false;
  throw error;
}

/** Runs `work` while holding the exclusive lock on `path`, waiting for it. */
export function withFileLock<T>(path: string, work: () => T): T {
  const lock = lockFile(path);
  try {
    return work();
  } finally {
    lock?.release();
  }
}

function flock(descriptor: number, operation: number): boolean {
  const call = libc('int flock(int fd, int operation)');
  // EINTR: no signal handler of Node runs on this thread, but a stop and continue may interrupt it
  for (;;) {
    if (call(descriptor, operation) === 0) return true;
    const { code } = systemCallError('flock');
    if (code !== 'EINTR') return false;
  }
}
