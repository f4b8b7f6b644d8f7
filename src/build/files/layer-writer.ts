import {
  chmodSync,
  closeSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readlinkSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { findRootfsPlace } from '../../container/rootfs/rootfs-view';
import type { RootfsEntry, RootfsView } from '../../container/rootfs/rootfs-view';
import { openFileMaker } from '../../image/add/open-file-maker';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { FileMaker } from '../../store/layer/file-maker';
import type { TarEntry } from '../../store/tar/entry';
import { makeFifo } from '../../sys/special-files';
import { setXattr } from '../../sys/xattr';
import type { Breather } from './breather';
import { keptXattrs } from './kept-xattrs';

/** Owner and permissions of what is copied; what is absent is kept from the source. */
export interface CopyAttributes {
  owner?: { uid: number; gid: number };
  /** New permission bits of a file with these bits. */
  mode?: (mode: number, isDirectory: boolean) => number;
}

/** A new layer that is being written, on top of others. */
export interface LayerWriter {
  /** Where a path leads, with the names of what exists resolved. */
  resolve(path: string): { names: string[]; stats?: Stats };
  /** Makes a directory and its parents, where they are missing, for this owner. */
  ensureDirectory(names: readonly string[], attributes: CopyAttributes): void;
  /** Copies a file, link, pipe or directory (without what is in it); others have their turn while a large file is copied. */
  put(names: readonly string[], entry: RootfsEntry, attributes: CopyAttributes): Promise<void>;
  /** Makes a file of text. */
  putText(
    names: readonly string[],
    text: string,
    options: { mode: number } & Pick<CopyAttributes, 'owner'>,
  ): void;
  /** Waits until everything is written, and dates directories as their sources are. */
  finish(): void;
  /** Ends what helps it, also after an error; what was not finished may be there or not. */
  close(): void;
}

/**
 * `upper` is the layer's empty directory; `lowers` are those below it, from top to bottom. Files are written by the helper while
 * this process reads the next ones. Needs all ids.
 */
export function openLayerWriter(
  ctx: Context,
  upper: string,
  { lowers, breathe }: { lowers: readonly string[]; breathe: Breather },
): LayerWriter {
  return new Writer(openFileMaker(ctx), upper, lowers, breathe);
}

class Writer implements LayerWriter {
  private readonly view: RootfsView;
  /** Directories of which nothing is below: what is in them needs no look at other layers. */
  private readonly fresh = new Set<string>();
  private readonly present = new Set<string>(['']);
  private readonly dated: { path: string; stats: Stats }[] = [];
  /** First copies of files with several names, by inode. */
  private readonly links = new Map<string, string>();
  /** Files that the helper has been told of. */
  private readonly told = new Set<string>();
  private readonly buffer = Buffer.allocUnsafe(1 << 16);

  constructor(
    private readonly files: FileMaker,
    private readonly upper: string,
    lowers: readonly string[],
    private readonly breathe: Breather,
  ) {
    this.view = { directories: [upper, ...lowers] };
  }

  resolve(path: string): { names: string[]; stats?: Stats } {
    const { names, entry } = findRootfsPlace(this.view, path);
    return entry === undefined ? { names } : { names, stats: entry.stats };
  }

  ensureDirectory(names: readonly string[], attributes: CopyAttributes): void {
    const key = names.join('/');
    if (this.present.has(key)) return;
    this.ensureDirectory(names.slice(0, -1), attributes);
    const stats = this.look(names);
    if (stats !== undefined && !stats.isDirectory())
      throw new TspodError('invalid', `"/${key}" is not a directory`, { hint: 'choose another destination' });
    const path = `${this.upper}/${key}`;
    this.present.add(key);
    if (stats === undefined) {
      this.makeDirectory(names, path);
      this.give(path, { mode: 0o755, ...attributes }, 0o755);
      return;
    }
    if (isThere(path)) return;
    // as overlayfs copies a directory up
    mkdirSync(path);
    lchownSync(path, stats.uid, stats.gid);
    chmodSync(path, stats.mode & 0o7777);
    this.dated.push({ path, stats });
  }

  async put(names: readonly string[], entry: RootfsEntry, attributes: CopyAttributes): Promise<void> {
    const path = `${this.upper}/${names.join('/')}`;
    const { stats } = entry;
    await this.breathe();
    if (stats.isDirectory()) return this.putDirectory(names, entry, attributes);
    this.ensureDirectory(names.slice(0, -1), {});
    this.makeRoom(names, path);
    if (stats.isFile()) return this.putFile(names.join('/'), entry, attributes);
    if (stats.isSymbolicLink()) symlinkSync(readlinkSync(entry.path), path);
    else if (stats.isFIFO()) makeFifo(Buffer.from(path), 0o600);
    else throw unsupported(names, stats);
    this.finishFile(path, entry, attributes);
  }

  putText(
    names: readonly string[],
    text: string,
    options: { mode: number } & Pick<CopyAttributes, 'owner'>,
  ): void {
    this.ensureDirectory(names.slice(0, -1), {});
    const path = `${this.upper}/${names.join('/')}`;
    this.makeRoom(names, path);
    writeFileSync(path, text);
    this.give(path, options, options.mode);
  }

  finish(): void {
    if (this.told.size > 0) this.files.sync(() => undefined);
    for (const { path, stats } of this.dated.reverse()) date(path, stats);
    this.close();
  }

  close(): void {
    this.files.close();
  }

  private putDirectory(
    names: readonly string[],
    { path: from, stats }: RootfsEntry,
    attributes: CopyAttributes,
  ): void {
    this.ensureDirectory(names.slice(0, -1), {});
    const key = names.join('/');
    const path = `${this.upper}/${key}`;
    const found = this.look(names);
    if (found !== undefined && !found.isDirectory())
      throw new TspodError('invalid', `cannot replace "/${key}", which is no directory, by a directory`);
    if (found === undefined) this.makeDirectory(names, path);
    else if (!isThere(path)) mkdirSync(path);
    this.present.add(key);
    copyXattrs(from, path);
    this.give(path, attributes, stats.mode & 0o7777, stats);
    this.dated.push({ path, stats });
  }

  private makeDirectory(names: readonly string[], path: string): void {
    mkdirSync(path);
    this.fresh.add(names.join('/'));
  }

  /** What is there now; nothing below a new directory but what was put there. */
  private look(names: readonly string[]): Stats | undefined {
    if (this.fresh.has(names.slice(0, -1).join('/')))
      return lstatSync(`${this.upper}/${names.join('/')}`, { throwIfNoEntry: false });
    return findRootfsPlace(this.view, names.join('/'), { last: 'keep' }).entry?.stats;
  }

  private makeRoom(names: readonly string[], path: string): void {
    const key = names.join('/');
    if (this.told.delete(key)) {
      // what was copied here is somewhere else, or nowhere
      for (const [inode, first] of this.links) if (first === key) this.links.delete(inode);
      this.files.remove(bytesOf(key));
      // this process may be the next to write there
      return this.files.sync(() => undefined);
    }
    const found = this.look(names);
    if (found?.isDirectory())
      throw new TspodError('invalid', `cannot replace the directory "/${key}" by a file`, {
        hint: 'write the destination with a slash at its end to copy into the directory',
      });
    if (found !== undefined) rmSync(path, { force: true });
  }

  private async putFile(
    key: string,
    { path: from, stats }: RootfsEntry,
    attributes: CopyAttributes,
  ): Promise<void> {
    if (this.told.size === 0) this.files.begin(this.upper);
    this.told.add(key);
    if (this.putLink(key, stats)) return;
    this.files.file(bytesOf(key), entryOf(from, stats, attributes));
    const descriptor = openSync(from, 'r');
    try {
      let at = 0;
      for (let got = 1; got > 0; at += got) {
        got = readSync(descriptor, this.buffer);
        if (got > 0) this.files.data(this.buffer.subarray(0, got), at);
        await this.breathe();
      }
      this.files.end(at);
    } finally {
      closeSync(descriptor);
    }
  }

  private putLink(key: string, stats: Stats): boolean {
    if (stats.nlink < 2) return false;
    const inode = `${stats.dev}:${stats.ino}`;
    const first = this.links.get(inode);
    if (first === undefined || !this.told.has(first)) {
      this.links.set(inode, key);
      return false;
    }
    this.files.hardLink(bytesOf(key), bytesOf(first));
    return true;
  }

  private finishFile(path: string, { path: from, stats }: RootfsEntry, attributes: CopyAttributes): void {
    if (!stats.isSymbolicLink()) {
      this.give(path, attributes, stats.mode & 0o7777, stats);
      copyXattrs(from, path);
    } else if (attributes.owner) {
      lchownSync(path, attributes.owner.uid, attributes.owner.gid);
    }
    date(path, stats);
  }

  private give(
    path: string,
    { owner, mode }: Omit<CopyAttributes, 'mode'> & { mode?: CopyAttributes['mode'] | number },
    given: number,
    stats?: Stats,
  ): void {
    const isDirectory = stats?.isDirectory() ?? false;
    const { uid, gid } = owner ?? { uid: 0, gid: 0 };
    if (uid !== 0 || gid !== 0) lchownSync(path, uid, gid);
    // after the owner: a change of it takes set-user-ID bits away
    chmodSync(path, typeof mode === 'function' ? mode(given, isDirectory) : (mode ?? given));
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function date(path: string, { mtimeMs }: Stats): void {
  const seconds = Math.floor(mtimeMs / 1000);
  lutimesSync(path, seconds, seconds);
}

function copyXattrs(from: string, to: string): void {
  for (const [name, value] of keptXattrs(from)) setXattr(to, name, value);
}

/** The helper's paths hold one byte per character. */
function bytesOf(path: string): string {
  return Buffer.from(path).toString('latin1');
}

function entryOf(from: string, stats: Stats, { owner, mode }: CopyAttributes): TarEntry {
  const given = stats.mode & 0o7777;
  return {
    ...{ type: 'file', path: '', linkPath: '', size: stats.size, storedSize: stats.size, sparse: undefined },
    ...{ major: 0, minor: 0, uid: owner?.uid ?? 0, gid: owner?.gid ?? 0 },
    mode: mode === undefined ? given : mode(given, false),
    mtime: { seconds: Math.floor(stats.mtimeMs / 1000), nanoseconds: 0 },
    xattrs: keptXattrs(from),
  };
}

function unsupported(names: readonly string[], stats: Stats): TspodError {
  const kind = stats.isSocket() ? 'socket' : 'device';
  return new TspodError('invalid', `"/${names.join('/')}" is a ${kind}: it cannot be copied into an image`, {
    hint: 'name it in the ignore file (.containerignore)',
  });
}
