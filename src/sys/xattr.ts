import { libc } from './native-library';
import { systemCallError } from './system-call';

/** Paths as Node takes them; a Buffer for names that are not UTF-8. */
type FilePath = string | Buffer;

/** Sets an extended attribute of the file itself, not of what a link leads to. */
export function setXattr(path: FilePath, name: string, value: Buffer): void {
  const call = libc(
    'int lsetxattr(const char *path, const char *name, const void *value, size_t size, int flags)',
  );
  if (call(nulTerminated(path), name, value, value.length, 0) !== 0) throw failure('setxattr', path);
}

/** The value of an extended attribute; undefined when the file has none of that name, or its file system knows none. */
export function getXattr(path: FilePath, name: string): Buffer | undefined {
  const call = libc('long lgetxattr(const char *path, const char *name, _Out_ uint8_t *value, size_t size)');
  const value = scratch();
  const length = Number(call(nulTerminated(path), name, value, value.length));
  if (length >= 0) return Buffer.from(value.subarray(0, length));
  const error = failure('getxattr', path);
  if (error.code === 'ENODATA' || error.code === 'ENOTSUP' || error.code === 'EOPNOTSUPP') return undefined;
  throw error;
}

/** The names of a file's extended attributes; none where its file system knows none. */
export function listXattrs(path: FilePath): string[] {
  const call = libc('long llistxattr(const char *path, _Out_ uint8_t *list, size_t size)');
  const list = scratch();
  const length = Number(call(nulTerminated(path), list, list.length));
  if (length >= 0) return list.toString('latin1', 0, length).split('\0').slice(0, -1);
  const error = failure('listxattr', path);
  if (error.code === 'ENOTSUP' || error.code === 'EOPNOTSUPP') return [];
  throw error;
}

let shared: Buffer | undefined;

/** Room for the longest value (XATTR_SIZE_MAX), which is used again: thousands of files are asked. */
function scratch(): Buffer {
  return (shared ??= Buffer.allocUnsafeSlow(65536));
}

/** koffi hands a Buffer over as it is: the C string needs its end. */
function nulTerminated(path: FilePath): Buffer {
  return Buffer.concat([Buffer.from(path as string), Buffer.alloc(1)]);
}

function failure(syscall: string, path: FilePath): NodeJS.ErrnoException {
  return systemCallError(syscall, path.toString());
}
