import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { BigIntStats } from 'node:fs';
import type { Hash } from 'node:crypto';
import { randomId } from '../../lib/id';
import { buildCachePaths } from '../../store/build-cache-paths';
import { digestHex, digestOf } from '../../store/digest';
import type { StorePaths } from '../../store/store-paths';
import type { Breather } from '../files/breather';
import { xattrsText } from '../files/kept-xattrs';

/** The digests of files, read only when the files have changed. */
export interface FileDigests {
  /** What stands for a regular file's content and extended attributes: SHA-256, hexadecimal, with the attributes behind it. */
  of(path: string, stats: BigIntStats, breathe: Breather): Promise<string>;
  /** Keeps them for the next build. */
  save(): void;
}

/** Of one file: what must be the same, and the digest. */
type Known = [identity: string, digest: string];

/** A file that was changed a moment ago may be changed again within the same tick of its file system's clock. */
const TICK_NS = 20_000_000n;

/** The digests that the last build from this directory has left. */
export function openFileDigests(store: StorePaths, directory: string): FileDigests {
  const folder = buildCachePaths(store).files;
  const path = `${folder}/${digestHex(digestOf(directory))}.json`;
  const known = readKnown(path);
  const used = new Map<string, Known>();
  let hasNew = false;
  const now = BigInt(Date.now()) * 1_000_000n;
  return {
    async of(file, stats, breathe) {
      const name = file.startsWith(`${directory}/`) ? file.slice(directory.length + 1) : file;
      const identity = `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
      const before = used.get(name) ?? known.get(name);
      const isSame = before?.[0] === identity;
      const digest = isSame ? before[1] : `${await digestOfFile(file, breathe)}${xattrsText(file)}`;
      hasNew ||= !isSame;
      if (now - stats.ctimeNs > TICK_NS) used.set(name, [identity, digest]);
      return digest;
    },
    save() {
      if (!hasNew || used.size === 0) return;
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const [name, value] of known) if (!used.has(name)) used.set(name, value);
      const temporary = `${path}.${randomId().slice(0, 8)}`;
      writeFileSync(temporary, JSON.stringify([...used]), { mode: 0o600 });
      renameSync(temporary, path);
    },
  };
}

function readKnown(path: string): Map<string, Known> {
  try {
    return new Map(JSON.parse(readFileSync(path, 'utf8')) as [string, Known][]);
  } catch {
    // missing, or cut off by a power loss
    rmSync(path, { force: true });
    return new Map();
  }
}

const chunk = Buffer.allocUnsafeSlow(1 << 18);

/** SHA-256, hexadecimal, of a file's content. Error: why the build was aborted. */
export async function digestOfFile(path: string, breathe: Breather): Promise<string> {
  const hash: Hash = process.getBuiltinModule('node:crypto').createHash('sha256');
  const descriptor = openSync(path, 'r');
  try {
    for (let got = readSync(descriptor, chunk); got > 0; got = readSync(descriptor, chunk)) {
      hash.update(chunk.subarray(0, got));
      // others may use the chunk meanwhile
      await breathe();
    }
    return hash.digest('hex');
  } finally {
    closeSync(descriptor);
  }
}
