import { libc } from './native-library';
import { systemCallError } from './system-call';

const S_IFIFO = 0o010000;

/** Makes a named pipe. */
export function makeFifo(path: Buffer, mode: number): void {
  makeNode(path, S_IFIFO | mode);
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
