import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  type Stats,
} from 'node:fs';
import { isErrno, TspodError } from '../lib/errors';
import { getXattr } from '../sys/xattr';

/** How many symbolic links one path may go through. Source: MAXSYMLINKS of the kernel. */
const MOST_LINKS = 40;
/** More than any passwd file; keeps a hostile image from filling the memory. */
const LARGEST_FILE = 16 * 1024 * 1024;

/** A file of a container's root that need not be mounted: the layer directories seen from top to bottom. */
export interface RootfsView {
  /** From top to bottom, absolute. */
  directories: readonly string[];
}

/** The text of a regular file, links resolved inside the root; undefined when there is none. */
export function readRootfsFile(view: RootfsView, path: string): string | undefined {
  const found = resolvePath(view, path);
  if (!found?.stats.isFile()) return undefined;
  // what was seen cannot be swapped for a link that leads out of the root
  const fd = openSync(found.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (fstatSync(fd).size > LARGEST_FILE) {
      throw new TspodError('invalid', `${path} of the image is larger than ${LARGEST_FILE} bytes`);
    }
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

/** What a path of the root is, links resolved inside the root; undefined when there is none. */
export function statRootfs(view: RootfsView, path: string): Stats | undefined {
  return resolvePath(view, path)?.stats;
}

interface Entry {
  /** On the machine. */
  path: string;
  stats: Stats;
}

/** Walks name by name, as the kernel does after pivot_root(2). */
function resolvePath(view: RootfsView, path: string): Entry | undefined {
  const pending = path.split('/').filter(Boolean);
  const done: string[] = [];
  let links = 0;
  let entry = lookUp(view, done);
  while (pending.length > 0) {
    const name = pending.shift() as string;
    if (name === '.') continue;
    if (name === '..') {
      done.pop();
      entry = lookUp(view, done);
      continue;
    }
    entry = lookUp(view, [...done, name]);
    if (entry === undefined) return undefined;
    if (!entry.stats.isSymbolicLink()) {
      done.push(name);
      continue;
    }
    if (++links > MOST_LINKS) return undefined;
    const target = readlinkSync(entry.path);
    if (target.startsWith('/')) done.length = 0;
    pending.unshift(...target.split('/').filter(Boolean));
    entry = lookUp(view, done);
  }
  return entry;
}

/** The topmost layer's entry, unless a whiteout or an opaque directory hides it. */
function lookUp({ directories }: RootfsView, names: readonly string[]): Entry | undefined {
  for (const [index, directory] of directories.entries()) {
    const path = [directory, ...names].join('/');
    const stats = lstatIfThere(path);
    if (stats !== undefined) return isWhiteout(stats) ? undefined : { path, stats };
    const isLast = index === directories.length - 1;
    if (!isLast && hidesLower(directory, names)) return undefined;
  }
  return undefined;
}

/** Whether a directory on the way was removed or made anew in this layer. */
function hidesLower(directory: string, names: readonly string[]): boolean {
  let path = directory;
  for (const name of names.slice(0, -1)) {
    path = `${path}/${name}`;
    const stats = lstatIfThere(path);
    if (stats === undefined) return false;
    if (!stats.isDirectory() || isOpaque(path)) return true;
  }
  return false;
}

function isOpaque(path: string): boolean {
  return ['user.overlay.opaque', 'user.fuseoverlayfs.opaque'].some(
    (name) => getXattr(path, name)?.toString() === 'y',
  );
}

function isWhiteout(stats: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0;
}

function lstatIfThere(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isErrno(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
