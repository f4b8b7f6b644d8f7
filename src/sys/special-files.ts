import { libc } from './native-library';
import { systemCallError } from './system-call';

const S_IFCHR = 0o020000;
const S_IFIFO = 0o010000;
const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;

/** Makes a whiteout of overlayfs: a character device 0:0, which users may make since Linux 5.8. */
export function makeWhiteout(path: Buffer): void {
  makeNode(path, S_IFCHR);
}

/** Makes a named pipe. */
export function makeFifo(path: Buffer, mode: number): void {
  makeNode(path, S_IFIFO | mode);
}

/** Sets access and modification time to the nanosecond, of a link itself; Node's own calls round to microseconds. */
export function setTimes(path: Buffer, time: { seconds: number; nanoseconds: number }): void {
  const call = libc('int utimensat(int dirfd, const char *path, const int64_t *times, int flags)');
  const times = BigInt64Array.of(
    BigInt(time.seconds),
    BigInt(time.nanoseconds),
    BigInt(time.seconds),
    BigInt(time.nanoseconds),
  );
  if (call(AT_FDCWD, nulTerminated(path), times, AT_SYMLINK_NOFOLLOW) !== 0) {
    throw systemCallError('utimensat', path.toString());
  }
}

/** Writes out everything that the file system of an open file holds back (syncfs(2)). */
export function syncFileSystem(descriptor: number): void {
  if (libc('int syncfs(int fd)')(descriptor) !== 0) throw systemCallError('syncfs');
}

function makeNode(path: Buffer, mode: number): void {
  const call = libc('int mknod(const char *path, uint32_t mode, uint64_t dev)');
  if (call(nulTerminated(path), mode, 0) !== 0) throw systemCallError('mknod', path.toString());
}

function nulTerminated(path: Buffer): Buffer {
  return Buffer.concat([path, Buffer.alloc(1)]);
}
