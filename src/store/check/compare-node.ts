import { lstatSync, readlinkSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { describeError, isErrno } from '../../lib/errors';
import { getXattr, listXattrs } from '../../sys/xattr';
import { isReservedXattr } from '../layer/reserved-xattr';
import { displayPath } from '../tar/entry';
import type { TarEntry } from '../tar/entry';
import type { ExpectedNode } from './expected-tree';

const OPAQUE = 'user.overlay.opaque';

/** How the file at `path` differs from what is expected there, each in a few words; nothing where it does not. */
export function compareNode(path: Buffer, node: ExpectedNode): string[] {
  let stat: Stats;
  try {
    stat = lstatSync(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [`is missing`];
    return [`cannot be read: ${describeError(error)}`];
  }
  const kind = kindOf(stat);
  if (kind !== node.kind) return [`is a ${kind}, expected a ${node.kind}`];
  if (kind === 'whiteout') return [];
  return [...compareStat(stat, node), ...compareTarget(path, node), ...compareXattrs(path, node)];
}

function kindOf(stat: Stats): string {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return 'symlink';
  if (stat.isFIFO()) return 'fifo';
  if (stat.isSocket()) return 'socket';
  return stat.isCharacterDevice() && stat.rdev === 0 ? 'whiteout' : 'device';
}

function compareStat(stat: Stats, { kind, entry, implicit }: ExpectedNode): string[] {
  const found: string[] = [];
  // what a root that nobody described looks like is the matter of who made the layer
  if (implicit && entry.path === '') return found;
  const mode = stat.mode & 0o7777;
  if (kind !== 'symlink' && mode !== entry.mode)
    found.push(`has mode ${octal(mode)}, expected ${octal(entry.mode)}`);
  if (stat.uid !== entry.uid || stat.gid !== entry.gid)
    found.push(`belongs to ${stat.uid}:${stat.gid}, expected ${entry.uid}:${entry.gid}`);
  if (kind === 'file' && stat.size !== entry.size)
    found.push(`has ${stat.size} bytes, expected ${entry.size}`);
  return found;
}

function octal(mode: number): string {
  return `0${mode.toString(8).padStart(3, '0')}`;
}

function compareTarget(path: Buffer, { kind, entry }: ExpectedNode): string[] {
  if (kind !== 'symlink') return [];
  const target = readlinkSync(path, { encoding: 'latin1' });
  return target === entry.linkPath
    ? []
    : [`leads to ${displayPath(target)}, expected ${displayPath(entry.linkPath)}`];
}

function compareXattrs(path: Buffer, { kind, entry, opaque }: ExpectedNode): string[] {
  const names = listXattrs(path);
  const found: string[] = [];
  if (kind === 'directory' && names.includes(OPAQUE) !== opaque)
    found.push(opaque ? 'does not hide what is below it' : 'hides what is below it');
  for (const [name, value] of entry.xattrs) {
    if (isReservedXattr(name) || !canHold(kind, name)) continue;
    const actual = names.includes(name) ? getXattr(path, name) : undefined;
    if (actual?.equals(value) !== true)
      found.push(`has ${actual === undefined ? 'no' : 'another'} extended attribute ${JSON.stringify(name)}`);
  }
  for (const name of names) {
    if (!isReservedXattr(name) && !isOfHost(name) && !hasXattr(entry, name))
      found.push(`has the extended attribute ${JSON.stringify(name)}, expected none`);
  }
  return found;
}

/** The kernel keeps user attributes of files and directories only: the unpacker leaves the others out. */
function canHold(kind: ExpectedNode['kind'], name: string): boolean {
  return !name.startsWith('user.') || kind === 'file' || kind === 'directory';
}

/** Labels that a security module of the host gives every file. */
function isOfHost(name: string): boolean {
  return name.startsWith('security.') && name !== 'security.capability';
}

function hasXattr(entry: TarEntry, name: string): boolean {
  return entry.xattrs.has(name);
}
