import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
} from 'node:fs';
import { isErrno, TspodError } from '../../lib/errors';
import { getXattr } from '../../sys/xattr';

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

/** One entry of a root. */
export interface RootfsEntry {
  /** On the machine. */
  path: string;
  stats: Stats;
}

/** Where a path of the root leads, links resolved inside it. */
export interface RootfsPlace {
  /** The names from `/` on, no link among them; the last ones need not exist. */
  names: string[];
  /** Absent: there is nothing. */
  entry?: RootfsEntry;
}

/**
 * Where a path leads, also one of which only the beginning exists. With `last: 'keep'` a link at its end is not followed.
 * Error `invalid`: too many links, or a part of it is no directory.
 */
export function findRootfsPlace(
  view: RootfsView,
  path: string,
  { last }: { last: 'follow' | 'keep' } = { last: 'follow' },
): RootfsPlace {
  const pending = path.split('/').filter((name) => name !== '' && name !== '.');
  const names: string[] = [];
  for (let links = 0; pending.length > 0;) {
    const name = pending.shift() as string;
    if (name === '..') names.pop();
    else names.push(name);
    const entry = name === '..' ? undefined : lookUp(view, names);
    if (entry === undefined) continue;
    const isLast = pending.length === 0;
    if (entry.stats.isSymbolicLink() && !(isLast && last === 'keep')) {
      if (++links > MOST_LINKS) throw new TspodError('invalid', `"${path}": too many symbolic links`);
      const target = readlinkSync(entry.path);
      if (target.startsWith('/')) names.length = 0;
      else names.pop();
      pending.unshift(...target.split('/').filter((part) => part !== '' && part !== '.'));
    } else if (!isLast && !entry.stats.isDirectory()) {
      throw new TspodError('invalid', `"${path}": "/${names.join('/')}" is not a directory`);
    }
  }
  const entry = lookUp(view, names);
  return entry === undefined ? { names } : { names, entry };
}

/** The names in a directory of the root, sorted, those that upper layers hide left out. */
export function readRootfsDirectory(view: RootfsView, names: readonly string[]): Map<string, RootfsEntry> {
  const found = new Map<string, RootfsEntry>();
  const hidden = new Set<string>();
  for (const directory of view.directories) {
    const path = [directory, ...names].join('/');
    const stats = lstatIfThere(path);
    if (stats !== undefined && !stats.isDirectory()) break;
    for (const name of stats === undefined ? [] : readdirSync(path)) {
      if (hidden.has(name)) continue;
      hidden.add(name);
      const entry = { path: `${path}/${name}`, stats: lstatSync(`${path}/${name}`) };
      if (!isWhiteout(entry.stats)) found.set(name, entry);
    }
    if (hidesLower(directory, [...names, ''])) break;
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Walks name by name, as the kernel does after pivot_root(2). */
function resolvePath(view: RootfsView, path: string): RootfsEntry | undefined {
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
function lookUp({ directories }: RootfsView, names: readonly string[]): RootfsEntry | undefined {
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
