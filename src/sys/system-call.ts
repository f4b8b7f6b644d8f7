import { getSystemErrorName } from 'node:util';
import { lastErrno } from './native-library';

/** The error of a call of the C library that has just failed, in the form of Node's own: `code` is `ENOENT` or the like. */
export function systemCallError(syscall: string, path?: string): NodeJS.ErrnoException {
  const errno = lastErrno();
  const code = getSystemErrorName(-errno);
  const where = path === undefined ? '' : ` '${path}'`;
  const error: NodeJS.ErrnoException = new Error(`${code}: ${reasons[code] ?? code}, ${syscall}${where}`);
  return Object.assign(error, { errno: -errno, code, syscall }, path === undefined ? {} : { path });
}

const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EEXIST: 'file already exists',
  EINVAL: 'invalid argument',
  EIO: 'i/o error',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTSUP: 'operation not supported on this file system',
  EOPNOTSUPP: 'operation not supported on this file system',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
};
