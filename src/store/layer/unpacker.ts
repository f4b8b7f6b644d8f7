import { TspodError, wrapError } from '../../lib/errors';
import { displayPath } from '../tar/entry';
import type { TarEntry } from '../tar/entry';
import type { TarHandler } from '../tar/tar-reader';
import { baseName, cleanEntryPath, climbsAboveRoot, parentPath } from './entry-path';
import type { FileMaker } from './file-maker';
import { implicitDirectory } from './implicit-directory';
import { ownerError } from './maker-error';
import type { OpenFile } from './open-file';
import { writeChunk } from './open-file';
import { isReservedXattr } from './reserved-xattr';
import { createPathMap } from './path-map';
import { createSpaceGuard } from './space-guard';

/** How an archive is unpacked. */
export interface UnpackOptions {
  /** Makes the files. */
  files: FileMaker;
  /**
   * The directories of the layers below, from top to bottom: parents that the archive leaves out look as there. Absent where
   * those are being made at the same time: `finish` tells which parents have to get that look (implicit-directory.ts).
   */
  lowers: readonly string[] | undefined;
  /** It is no layer: names that begin with .wh. are names, and links may lead anywhere. */
  plain?: boolean;
  /** Told of what is left out. */
  warn: (message: string) => void;
  /** Told once that there are more than a few members. */
  many?: () => void;
}

/** Unpacks the members that it is given; `finish` sets what has to be last, waits, and says how much there was. */
export interface Unpacker extends TarHandler {
  finish(): { size: number; entries: number; implicit: string[] };
}

/** More members than these are many. */
const few = 256;

type Kind = 'directory' | 'file' | 'symlink' | 'special' | 'whiteout';

/**
 * Turns a layer's archive into a directory as overlayfs wants it. `target` has to be new and empty and nobody else's:
 * then all that is in it was made here, and no path leads out of it, because every parent is known to be a directory.
 * Every error names the member.
 */
export function createUnpacker(target: string, options: UnpackOptions): Unpacker {
  const { files, warn } = options;
  const kinds = createPathMap<Kind>();
  kinds.set('', 'directory');
  /** Those that are none any more, too. */
  const directories = new Map<string, { entry: TarEntry; isImplicit: boolean }>();
  const space = createSpaceGuard(target);
  let open: OpenFile | undefined;
  let current = '';
  const total = { size: 0, entries: 0 };
  files.begin(target);

  function add(given: TarEntry): void {
    const path = cleanEntryPath(given.path);
    const entry = permitted(given, warn);
    if (path === '') {
      if (entry.type === 'directory') addDirectory('', entry);
      return;
    }
    ensureParents(path);
    const name = baseName(path);
    if (name.startsWith('.wh.') && options.plain !== true) addWhiteout(path, name);
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
    addImplicit(parent);
  }

  function addImplicit(path: string): void {
    putDirectory(path, { entry: implicitDirectory(path, options.lowers ?? []), isImplicit: true });
  }

  function addDirectory(path: string, entry: TarEntry): void {
    putDirectory(path, { entry, isImplicit: false });
  }

  function putDirectory(path: string, directory: { entry: TarEntry; isImplicit: boolean }): void {
    const before = kinds.get(path);
    if (before !== 'directory') {
      replace(path);
      kinds.set(path, 'directory');
    }
    files.directory(path, directory.entry, before === 'directory');
    // the whiteout hid what is below: an opaque directory does so too
    if (before === 'whiteout') files.opaque(path);
    directories.set(path, directory);
  }

  function addWhiteout(path: string, name: string): void {
    const parent = parentPath(path);
    if (name === '.wh..wh..opq') return files.opaque(parent);
    // further .wh..wh. names are notes of aufs, of no meaning here
    if (name.startsWith('.wh..wh.')) return;
    const hidden = name.slice(4);
    if (hidden === '' || hidden === '.' || hidden === '..')
      throw new TspodError('invalid', 'whiteout of nothing: refused');
    const hiddenPath = parent === '' ? hidden : `${parent}/${hidden}`;
    const kind = kinds.get(hiddenPath);
    // a whiteout hides what is in lower layers, not what this one brings
    if (kind === 'directory') return files.opaque(hiddenPath);
    if (kind !== undefined) return;
    files.whiteout(hiddenPath);
    kinds.set(hiddenPath, 'whiteout');
  }

  /** Takes away what an earlier member put at `path`: the last one counts. */
  function replace(path: string): void {
    const kind = kinds.get(path);
    if (kind === undefined) return;
    files.remove(path);
    kinds.remove(path);
  }

  function addFile(path: string, entry: TarEntry): void {
    replace(path);
    space.take(entry.storedSize);
    files.file(path, entry);
    kinds.set(path, 'file');
    open = { entry, position: 0, part: -1, partLeft: 0 };
    total.size += entry.size;
  }

  function addSymlink(path: string, entry: TarEntry): void {
    if (options.plain !== true && climbsAboveRoot(path, entry.linkPath)) {
      throw new TspodError('invalid', `link to ${displayPath(entry.linkPath)}, which leads outside: refused`);
    }
    replace(path);
    files.symlink(path, entry);
    kinds.set(path, 'symlink');
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
    files.hardLink(path, source);
    kinds.set(path, kind);
  }

  function addFifo(path: string, entry: TarEntry): void {
    replace(path);
    files.fifo(path, entry);
    kinds.set(path, 'special');
  }

  function addDevice(path: string, entry: TarEntry): void {
    if (!isStandardDevice(path, entry)) {
      throw new TspodError('invalid', `device ${entry.major}:${entry.minor}: refused`);
    }
    warn(`device ${displayPath(path)} left out: every container gets it anyway`);
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
    const { entry } = open;
    open = undefined;
    files.end(entry.sparse === undefined ? undefined : entry.size);
  }

  /** Runs `work`; an error names the member that was at hand. */
  function named(work: () => void): void {
    try {
      work();
    } catch (error) {
      // what has been made before may fail now, and has its own name
      if (files.isOwn(error)) throw error;
      throw wrapError(`entry ${displayPath(current)}`, error);
    }
  }

  return {
    entry(entry) {
      current = entry.path;
      if (++total.entries === few) options.many?.();
      named(() => add(entry));
    },
    data(chunk) {
      const file = open;
      if (file !== undefined) named(() => writeChunk(file, chunk, files));
    },
    end() {
      if (open !== undefined) named(closeFile);
    },
    finish() {
      if (!directories.has('')) addImplicit('');
      const implicit: string[] = [];
      for (const [path, { entry, isImplicit }] of directories) {
        if (kinds.get(path) !== 'directory') continue;
        files.times(path, entry);
        if (isImplicit && options.lowers === undefined) implicit.push(path);
      }
      files.sync(warn);
      return { ...total, implicit };
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

/** The entry without what a layer cannot bring in. Error `machine`: its owner is out of all range. */
function permitted(entry: TarEntry, warn: (message: string) => void): TarEntry {
  const { uid, gid } = entry;
  if (!isId(uid) || !isId(gid)) throw ownerError(`owner ${uid}:${gid}`);
  if (entry.xattrs.size === 0) return entry;
  const names = [...entry.xattrs.keys()];
  for (const name of names.filter(isReservedXattr))
    warn(`extended attribute ${JSON.stringify(name)} left out`);
  return { ...entry, xattrs: new Map([...entry.xattrs].filter(([name]) => !isReservedXattr(name))) };
}

/** The highest number stands for no id. */
function isId(id: number): boolean {
  return id >= 0 && id < 0xffff_ffff;
}
