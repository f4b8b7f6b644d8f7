import { TspodError } from '../../lib/errors';

/**
 * The path of a member relative to the layer's root, without `.` and double slashes; empty for the root itself.
 * Error `invalid`: it is absolute or has `..` in it, which no honest layer needs.
 */
export function cleanEntryPath(path: string): string {
  if (path.includes('\0')) throw new TspodError('invalid', 'name with a NUL byte');
  if (path.startsWith('/') && /[^/]/.test(path)) throw new TspodError('invalid', 'absolute path: refused');
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new TspodError('invalid', '".." in the path: refused');
  return parts.join('/');
}

/** The directory that a clean path is in; empty for the root. */
export function parentPath(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

/** The last part of a clean path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether the target of a symbolic link at `path` climbs above the root. An absolute one starts at the root. */
export function climbsAboveRoot(path: string, target: string): boolean {
  let depth = target.startsWith('/') ? 0 : path.split('/').length - 1;
  for (const part of target.split('/')) {
    if (part === '..') depth--;
    else if (part !== '' && part !== '.') depth++;
    if (depth < 0) return !target.startsWith('/');
  }
  return false;
}
