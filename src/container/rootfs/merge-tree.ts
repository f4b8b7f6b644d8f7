import {
  chmodSync,
  lchownSync,
  lstatSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  type Stats,
} from 'node:fs';

type Name = Buffer<ArrayBuffer>;

/** The mode of a directory that was made to unpack into: what the archive says of its top, when it says nothing. */
const UNTOLD = 0o700;

/** Moves what is in a directory into another one of the same file system: directories come together, all else is replaced. */
export function mergeTree(from: string, to: string): void {
  const status = lstatSync(from);
  if ((status.mode & 0o7777) !== UNTOLD || status.uid !== 0) copyStatus(status, Buffer.from(to));
  mergeContent(Buffer.from(from), Buffer.from(to));
}

function mergeContent(from: Name, to: Name): void {
  for (const name of readdirSync(from, { encoding: 'buffer' })) {
    const source = join(from, name);
    const target = join(to, name);
    const status = lstatSync(source);
    const there = lstatSync(target, { throwIfNoEntry: false });
    if (status.isDirectory() && there?.isDirectory()) {
      mergeContent(source, target);
      copyStatus(status, target);
      continue;
    }
    if (there !== undefined && (there.isDirectory() || status.isDirectory()))
      rmSync(target, { recursive: true, force: true });
    renameSync(source, target);
  }
}

function copyStatus({ uid, gid, mode, atime, mtime }: Stats, target: Name): void {
  lchownSync(target, uid, gid);
  chmodSync(target, mode & 0o7777);
  utimesSync(target, atime, mtime);
}

function join(directory: Name, name: Buffer): Name {
  return Buffer.concat([directory, Buffer.from('/'), name]);
}
