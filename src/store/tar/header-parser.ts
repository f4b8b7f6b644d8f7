import { TspodError } from '../../lib/errors';
import type { SparseSegment, TarEntry, TarEntryType } from './entry';
import { number, parseHeaderBlock } from './header-block';
import type { HeaderBlock } from './header-block';
import { parsePaxRecords } from './pax-records';
import type { PaxRecords } from './pax-records';
import { checkSparseMap, parseSparseMapBlocks, readGnuSparseEntries, sparseFromNumbers } from './sparse-map';

/** Puts together what the headers in front of one member say. It is fed exactly `needed` bytes at a time. */
export interface HeaderParser {
  /** Bytes that `feed` wants next; a multiple of 512. */
  readonly needed: number;
  /** Whether it stands between two members, where an archive may end. */
  readonly idle: boolean;
  /** The member when it is complete (its data follows), `end` for the mark at the end, else undefined. */
  feed(block: Buffer): TarEntry | 'end' | undefined;
}

/** Long names, extended headers and sparse maps are no greater than this, in bytes; the same limit as Go's. */
const maxSpecialSize = 1 << 20;

const types: Record<string, TarEntryType> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'hard-link',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
};

interface Pending {
  header: HeaderBlock;
  entry: TarEntry;
}

type State =
  | { kind: 'header' }
  | { kind: 'special'; flag: string; size: number }
  | { kind: 'gnu-sparse'; pending: Pending; segments: SparseSegment[] }
  | { kind: 'pax-sparse'; pending: Pending; blocks: Buffer };

/** Reads the headers of an archive in the ustar, PAX, GNU or v7 format, sparse files included. Errors: `invalid`. */
export function createHeaderParser(): HeaderParser {
  let state: State = { kind: 'header' };
  let globals: PaxRecords = [];
  let local: PaxRecords = [];
  let longPath: string | undefined;
  let longLink: string | undefined;

  function feedHeader(block: Buffer): TarEntry | 'end' | undefined {
    const header = parseHeaderBlock(block);
    if (header === undefined) return 'end';
    if (header.size < 0) throw new TspodError('invalid', 'negative size in a tar header');
    if ('xgLK'.includes(header.typeFlag)) {
      if (header.size > maxSpecialSize)
        throw new TspodError('invalid', 'extended header of the tar archive is too large');
      state = { kind: 'special', flag: header.typeFlag, size: header.size };
      if (header.size === 0) return finishSpecial(Buffer.alloc(0));
      return undefined;
    }
    return startMember(header, block);
  }

  function finishSpecial(data: Buffer): undefined {
    if (state.kind !== 'special') return undefined;
    const { flag, size } = state;
    const body = data.subarray(0, size);
    if (flag === 'x') local = parsePaxRecords(body);
    else if (flag === 'g') globals = withGlobals(globals, parsePaxRecords(body));
    else if (flag === 'L') longPath = untilNul(body);
    else longLink = untilNul(body);
    state = { kind: 'header' };
    return undefined;
  }

  function startMember(header: HeaderBlock, block: Buffer): TarEntry | undefined {
    const type = types[header.typeFlag];
    if (type === undefined) {
      throw new TspodError(
        'invalid',
        `member of the unknown type ${JSON.stringify(header.typeFlag)} in the tar archive`,
      );
    }
    if (longPath !== undefined) header.path = longPath;
    if (longLink !== undefined) header.linkPath = longLink;
    const entry = toEntry(type, header);
    const sparse = applyPax(entry, [...globals, ...local]);
    longPath = longLink = undefined;
    local = [];
    // Before directories had a type of their own, a slash at the end made one.
    if (entry.type === 'file' && entry.path.endsWith('/')) entry.type = 'directory';
    if (entry.type !== 'file') entry.size = entry.storedSize = 0;
    const pending = { header, entry };
    if (header.typeFlag === 'S') return startGnuSparse(pending, block);
    return sparse === undefined ? entry : startPaxSparse(pending, sparse);
  }

  function startGnuSparse(pending: Pending, block: Buffer): TarEntry | undefined {
    pending.entry.size = number(block, 483, 12);
    const segments = readGnuSparseEntries(block, 386, 4);
    if (block[482] === 0) return finishSparse(pending.entry, segments);
    state = { kind: 'gnu-sparse', pending, segments };
    return undefined;
  }

  function startPaxSparse(pending: Pending, sparse: PaxSparse): TarEntry | undefined {
    pending.entry.size = sparse.size ?? pending.entry.size;
    if (sparse.segments !== undefined) return finishSparse(pending.entry, sparse.segments);
    state = { kind: 'pax-sparse', pending, blocks: Buffer.alloc(0) };
    return undefined;
  }

  function finishSparse(entry: TarEntry, segments: SparseSegment[]): TarEntry {
    state = { kind: 'header' };
    const used = segments.filter((segment) => segment.length > 0);
    checkSparseMap(used, entry.size, entry.storedSize);
    entry.sparse = used;
    return entry;
  }

  function feedGnuSparse(
    block: Buffer,
    { pending, segments }: State & { kind: 'gnu-sparse' },
  ): TarEntry | undefined {
    segments.push(...readGnuSparseEntries(block, 0, 21));
    if (segments.length > maxSpecialSize / 16)
      throw new TspodError('invalid', 'sparse file with too many parts');
    return block[504] === 0 ? finishSparse(pending.entry, segments) : undefined;
  }

  function feedPaxSparse(block: Buffer, current: State & { kind: 'pax-sparse' }): TarEntry | undefined {
    const { entry } = current.pending;
    current.blocks = Buffer.concat([current.blocks, block]);
    entry.storedSize -= block.length;
    if (entry.storedSize < 0 || current.blocks.length > maxSpecialSize) {
      throw new TspodError('invalid', 'malformed map of a sparse file in the tar archive');
    }
    const segments = parseSparseMapBlocks(current.blocks);
    return segments === undefined ? undefined : finishSparse(entry, segments);
  }

  return {
    get needed() {
      return state.kind === 'special' ? Math.ceil(state.size / 512) * 512 : 512;
    },
    get idle() {
      return (
        state.kind === 'header' && local.length === 0 && longPath === undefined && longLink === undefined
      );
    },
    feed(block) {
      if (state.kind === 'special') return finishSpecial(block);
      if (state.kind === 'gnu-sparse') return feedGnuSparse(block, state);
      if (state.kind === 'pax-sparse') return feedPaxSparse(block, state);
      return feedHeader(block);
    },
  };
}

/** A later record takes the place of an earlier one. Error `invalid`: together they are larger than one header may be. */
function withGlobals(before: PaxRecords, more: PaxRecords): PaxRecords {
  const all = [...new Map([...before, ...more])];
  const size = all.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (size <= maxSpecialSize) return all;
  throw new TspodError('invalid', 'the global headers of the tar archive are too large');
}

function untilNul(data: Buffer): string {
  const end = data.indexOf(0);
  return data.toString('latin1', 0, end < 0 ? data.length : end);
}

function toEntry(type: TarEntryType, header: HeaderBlock): TarEntry {
  return {
    type,
    path: header.path,
    linkPath: type === 'symlink' || type === 'hard-link' ? header.linkPath : '',
    size: header.size,
    storedSize: header.size,
    mode: header.mode & 0o7777,
    uid: header.uid,
    gid: header.gid,
    mtime: { seconds: header.mtime, nanoseconds: 0 },
    major: header.major,
    minor: header.minor,
    xattrs: new Map(),
    sparse: undefined,
  };
}

/** What the records say of a sparse file; without `segments` the map stands in front of its data (format 1.0). */
interface PaxSparse {
  size: number | undefined;
  segments: SparseSegment[] | undefined;
}

function applyPax(entry: TarEntry, records: PaxRecords): PaxSparse | undefined {
  const sparse = new Map<string, string>();
  const numbers: string[] = [];
  for (const [key, value] of records) {
    if (key.startsWith('SCHILY.xattr.')) entry.xattrs.set(key.slice(13), Buffer.from(value, 'latin1'));
    else if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') numbers.push(value);
    else if (key.startsWith('GNU.sparse.')) sparse.set(key.slice(11), value);
    else paxFields.get(key)?.(entry, value);
  }
  if (sparse.size === 0) return undefined;
  const name = sparse.get('name');
  if (name !== undefined) entry.path = name;
  const size = sparse.get('realsize') ?? sparse.get('size');
  const map = sparse.get('map');
  const inFront = sparse.get('major') === '1';
  const listed = map === undefined ? numbers : map === '' ? [] : map.split(',');
  return {
    size: size === undefined ? undefined : integer(size),
    segments: inFront ? undefined : sparseFromNumbers(listed),
  };
}

const paxFields = new Map<string, (entry: TarEntry, value: string) => void>([
  ['path', (entry, value) => (entry.path = value)],
  [
    'linkpath',
    (entry, value) => {
      if (entry.type === 'symlink' || entry.type === 'hard-link') entry.linkPath = value;
    },
  ],
  ['size', (entry, value) => (entry.size = entry.storedSize = integer(value))],
  ['uid', (entry, value) => (entry.uid = integer(value))],
  ['gid', (entry, value) => (entry.gid = integer(value))],
  ['mtime', (entry, value) => (entry.mtime = time(value))],
]);

function integer(value: string): number {
  const result = /^\d{1,16}$/.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(result))
    throw new TspodError('invalid', `malformed number ${JSON.stringify(value)} in an extended tar header`);
  return result;
}

function time(value: string): { seconds: number; nanoseconds: number } {
  const match = /^(-?)(\d{1,15})(?:\.(\d*))?$/.exec(value);
  if (match === null)
    throw new TspodError('invalid', `malformed time ${JSON.stringify(value)} in an extended tar header`);
  const seconds = Number(match[2]);
  const nanoseconds = Number((match[3] ?? '').slice(0, 9).padEnd(9, '0'));
  if (match[1] === '') return { seconds, nanoseconds };
  return nanoseconds === 0
    ? { seconds: -seconds, nanoseconds }
    : { seconds: -seconds - 1, nanoseconds: 1e9 - nanoseconds };
}
