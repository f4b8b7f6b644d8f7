import { libc, libcInThread } from './native-library';

const SYNC_FILE_RANGE_WRITE = 2;
const syncFileRange = 'int sync_file_range(int fd, int64_t offset, int64_t length, unsigned int flags)';

/**
 * Lets a part of a file be written to the disk from now on, the whole of it by default; waits for nothing. Only a beginning, which
 * not every file system knows: fsync(2) waits, and tells of errors.
 */
export function beginWriting(descriptor: number, offset = 0, length = 0): void {
  libc(syncFileRange)(descriptor, offset, length, SYNC_FILE_RANGE_WRITE);
}

const POSIX_FADV_DONTNEED = 4;

/** Gives back the memory in which the system keeps what has been written of a file; a hint only. */
export function forgetCached(descriptor: number): void {
  const advise = libc('int posix_fadvise(int fd, int64_t offset, int64_t length, int advice)');
  advise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
}

/** Told how far a file has been written to; lets what has come go to the disk in pieces of at least `least` bytes. */
export type WriteStarter = (position: number) => void;

/**
 * The same for a file that grows, in another thread, because allotting blocks may wait for the journal. Where that takes longer
 * than the bytes to come, the next piece is larger. The descriptor may be closed meanwhile.
 */
export function createWriteStarter(descriptor: number, least: number): WriteStarter {
  let started = 0;
  let isBusy = false;
  const call = libcInThread(syncFileRange);
  return (position) => {
    if (isBusy || position - started < least) return;
    isBusy = true;
    call([descriptor, started, position - started, SYNC_FILE_RANGE_WRITE], () => (isBusy = false));
    started = position;
  };
}
