import { readSync } from 'node:fs';
import { TspodError } from '../../lib/errors';
import { createHeaderParser } from './header-parser';

/** Where a file of an archive lies in it. */
export interface TarMember {
  /** Without `./` at the front. */
  path: string;
  offset: number;
  size: number;
  /** Of a symbolic or hard link: the path it leads to, as written. */
  linkPath: string | undefined;
}

/** Lists the files of an uncompressed archive by path, reading only its headers. A repeated path: the last counts. */
export function indexTarFile(descriptor: number, fileSize: number): Map<string, TarMember> {
  const parser = createHeaderParser();
  const members = new Map<string, TarMember>();
  let at = 0;
  while (at < fileSize) {
    const block = Buffer.alloc(parser.needed);
    if (readSync(descriptor, block, 0, block.length, at) < block.length) throw truncated();
    at += block.length;
    const entry = parser.feed(block);
    if (entry === 'end') return members;
    if (entry === undefined) continue;
    const path = Buffer.from(entry.path, 'latin1')
      .toString()
      .replace(/^(\.\/+)+/, '');
    const linkPath = entry.linkPath === '' ? undefined : Buffer.from(entry.linkPath, 'latin1').toString();
    if (entry.type === 'file' || linkPath !== undefined) {
      members.set(path, { path, offset: at, size: entry.storedSize, linkPath });
    }
    if (at + entry.storedSize > fileSize) throw truncated();
    at += Math.ceil(entry.storedSize / 512) * 512;
  }
  if (!parser.idle) throw truncated();
  return members;
}

function truncated(): TspodError {
  return new TspodError('invalid', 'unexpected end of the tar archive: it is truncated');
}
