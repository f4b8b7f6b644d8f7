import { lockFile } from '../../sys/file-lock';

/** Runs `work` while holding the exclusive lock on `path`, waiting for it. */
export async function withAsyncLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = lockFile(path);
  try {
    return await work();
  } finally {
    lock?.release();
  }
}
