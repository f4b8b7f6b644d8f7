import {
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { TspodError, wrapError } from '../../lib/errors';
import { makeFifo, makeWhiteout } from '../../sys/special-files';
import { setXattr } from '../../sys/xattr';
import { displayPath } from '../tar/entry';
import type { TarEntry } from '../tar/entry';
import type { TarHandler } from '../tar/tar-reader';
import { baseName, cleanEntryPath, climbsAboveRoot, parentPath } from './entry-path';
import { applyMetadata, applyTimes } from './file-metadata';
import { implicitDirectory } from './implicit-directory';
import type { OpenFile } from './open-file';
import { writeChunk } from './open-file';
import { createSpaceGuard } from './space-guard';

export interface UnpackOptions {
  /** The directories of the layers below, from top to bottom: parents that the archive leaves out look as there. */
  lowers: readonly string[];
  /** Told of what is left out. */
  warn: (message: string) => void;
}

/** Unpacks the members that it is given; `finish` sets what has to be last and says how much there was. */
export interface Unpacker extends TarHandler {
  finish(): { size: number; entries: number };
  /** Closes what is open after an error. */
  abort(): void;
}

type Kind = 'directory' | 'file' | 'symlink' | 'special' | 'whiteout';

/**
 * Turns a layer's archive into a directory as overlayfs wants it. `target` has to be new and empty and nobody else's:
 * then all that is in it was made here, and no path leads out of it, because every parent is known to be a directory.
 * Every error names the member.
 */
export function createUnpacker(target: string, options: UnpackOptions): Unpacker {
  const root = Buffer.from(`${target}/`).toString('latin1');
  const kinds = new Map<string, Kind>([['', 'directory']]);
  const directories = new Map<string, TarEntry>();
  const space = createSpaceGuard(target);
  let open: OpenFile | undefined;
  let current = '';
  const total = { size: 0, entries: 0 };

  const absolute = (path: string): Buffer => Buffer.from(root + path, 'latin1');

  function add(entry: TarEntry): void {
    const path = cleanEntryPath(entry.path);
    if (path === '') {
      if (entry.type === 'directory') addDirectory('', entry);
      return;
    }
    ensureParents(path);
    const name = baseName(path);
    if (name.startsWith('.wh.')) addWhiteout(path, name);
    else makers[entry.type](path, entry);
  }

  function ensureParents(path: string): void {
    const parent = parentPath(path);
    const kind = kinds.get(parent);
    if (kind === 'directory') return;
    if (kind !== undefined && kind !== 'whiteout') {
      throw new TspodError('invalid', `lies below ${displayPath(parent)}, which is a ${kind}: refused`);
    }
    ensureParents(parent);
    addDirectory(parent, implicitDirectory(parent, options.lowers));
  }

  function addDirectory(path: string, entry: TarEntry): void {
    const before = kinds.get(path);
    if (before !== 'directory') {
      replace(path);
      mkdirSync(absolute(path), 0o755);
      kinds.set(path, 'directory');
      // the whiteout hid what is below: an opaque directory does so too
      if (before === 'whiteout') makeOpaque(path);
    }
    applyMetadata(absolute(path), entry, { mode: before === 'directory' ? -1 : 0o755 }, options.warn);
    directories.set(path, entry);
  }

  function makeOpaque(path: string): void {
    setXattr(absolute(path), 'user.overlay.opaque', Buffer.from('y'));
  }

  function addWhiteout(path: string, name: string): void {
    const parent = parentPath(path);
    if (name === '.wh..wh..opq') return makeOpaque(parent);
    // further .wh..wh. names are notes of aufs, of no meaning here
    if (name.startsWith('.wh..wh.')) return;
    const hidden = name.slice(4);
    if (hidden === '' || hidden === '.' || hidden === '..')
      throw new TspodError('invalid', 'whiteout of nothing: refused');
    const hiddenPath = parent === '' ? hidden : `${parent}/${hidden}`;
    const kind = kinds.get(hiddenPath);
    // a whiteout hides what is in lower layers, not what this one brings
    if (kind === 'directory') return makeOpaque(hiddenPath);
    if (kind !== undefined) return;
    makeWhiteout(absolute(hiddenPath));
    kinds.set(hiddenPath, 'whiteout');
  }

  /** Takes away what an earlier member put at `path`: the last one counts. */
  function replace(path: string): void {
    const kind = kinds.get(path);
    if (kind === undefined) return;
    if (kind !== 'directory') {
      unlinkSync(absolute(path));
    } else {
      rmSync(absolute(path), { recursive: true });
      for (const below of [...kinds.keys()].filter((key) => key.startsWith(`${path}/`))) forget(below);
    }
    forget(path);
  }

  function forget(path: string): void {
    kinds.delete(path);
    directories.delete(path);
  }

  function addFile(path: string, entry: TarEntry): void {
    replace(path);
    const file = absolute(path);
    const descriptor = openSync(file, 'wx', entry.mode & 0o777);
    kinds.set(path, 'file');
    open = { descriptor, path: file, entry, position: 0, part: -1, partLeft: 0 };
    space.take(entry.storedSize);
    total.size += entry.size;
  }

  function addSymlink(path: string, entry: TarEntry): void {
    if (climbsAboveRoot(path, entry.linkPath)) {
      throw new TspodError('invalid', `link to ${displayPath(entry.linkPath)}, which leads outside: refused`);
    }
    replace(path);
    symlinkSync(Buffer.from(entry.linkPath, 'latin1'), absolute(path));
    kinds.set(path, 'symlink');
    applyMetadata(absolute(path), entry, { mode: 0o777 }, options.warn);
    applyTimes(absolute(path), entry);
  }

  function addHardLink(path: string, entry: TarEntry): void {
    const source = linkSource(entry);
    const kind = kinds.get(source);
    if (kind === undefined || kind === 'directory' || kind === 'whiteout') {
      throw new TspodError(
        'invalid',
        `hard link to ${displayPath(entry.linkPath)}, which is no file of this archive: refused`,
      );
    }
    if (source === path) return;
    replace(path);
    linkSync(absolute(source), absolute(path));
    kinds.set(path, kind);
  }

  function addFifo(path: string, entry: TarEntry): void {
    replace(path);
    makeFifo(absolute(path), entry.mode & 0o777);
    kinds.set(path, 'special');
    applyMetadata(absolute(path), entry, { mode: entry.mode & 0o777 }, options.warn);
    applyTimes(absolute(path), entry);
  }

  function addDevice(path: string, entry: TarEntry): void {
    if (!isStandardDevice(path, entry)) {
      throw new TspodError('invalid', `device ${entry.major}:${entry.minor}: refused`);
    }
    options.warn(`device ${displayPath(path)} left out: every container gets it anyway`);
  }

  const makers: Record<TarEntry['type'], (path: string, entry: TarEntry) => void> = {
    file: addFile,
    directory: addDirectory,
    symlink: addSymlink,
    'hard-link': addHardLink,
    'character-device': addDevice,
    'block-device': addDevice,
    fifo: addFifo,
  };

  function closeFile(): void {
    if (open === undefined) return;
    const { descriptor, path, entry } = open;
    if (entry.sparse !== undefined) ftruncateSync(descriptor, entry.size);
    open = undefined;
    closeSync(descriptor);
    applyMetadata(path, entry, { mode: entry.mode & 0o777 }, options.warn);
    applyTimes(path, entry);
  }

  /** Runs `work`; an error names the member that was at hand. */
  function named(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw wrapError(`entry ${displayPath(current)}`, withoutPath(error));
    }
  }

  return {
    entry(entry) {
      current = entry.path;
      total.entries++;
      named(() => add(entry));
    },
    data(chunk) {
      const file = open;
      if (file !== undefined) named(() => writeChunk(file, chunk));
    },
    end() {
      if (open !== undefined) named(closeFile);
    },
    finish() {
      if (!directories.has('')) addDirectory('', implicitDirectory('', options.lowers));
      for (const [path, entry] of directories) applyTimes(absolute(path), entry);
      return total;
    },
    abort() {
      if (open !== undefined) closeSync(open.descriptor);
      open = undefined;
    },
  };
}

function linkSource(entry: TarEntry): string {
  try {
    return cleanEntryPath(entry.linkPath);
  } catch (error) {
    throw wrapError(`hard link to ${displayPath(entry.linkPath)}`, error);
  }
}

/** Character devices, major:minor, that the runtime puts into every container's /dev. */
const standardDevices = ['1:3', '1:5', '1:7', '1:8', '1:9', '5:0', '5:1', '5:2'];

function isStandardDevice(path: string, entry: TarEntry): boolean {
  const isListed = standardDevices.includes(`${entry.major}:${entry.minor}`);
  return entry.type === 'character-device' && /^dev\/[a-z]+$/.test(path) && isListed;
}

/** An error of the operating system without the path of the staging directory, which says nothing to a user. */
function withoutPath(error: unknown): unknown {
  if (!(error instanceof Error) || !('path' in error)) return error;
  return Object.assign(new Error(error.message), { code: (error as NodeJS.ErrnoException).code });
}
