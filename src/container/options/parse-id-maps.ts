import { TspodError } from '../../lib/errors';
import type { IdMapping } from '../../lib/id-mapping';

/** One `--uidmap` or `--gidmap` with its flags. */
interface MapEntry extends IdMapping {
  extends: boolean;
}

/** The maps of the common user namespace: what `@` looks host ids up in, and what there is to be mapped. */
export interface ParentMaps {
  uids: readonly IdMapping[];
  gids: readonly IdMapping[];
}

/**
 * Parses `[flags]container:from[:amount]` of `--uidmap` and `--gidmap`, as podman-run(1) describes them: `@` in front of
 * `from` means an id of the host, `+` goes on from the maps before (from the full default map when it comes first),
 * `u` and `g` bind an entry to one kind of ids. When only one of the two options is given it counts for both.
 * Throws 'usage'.
 */
export function parseIdMaps(
  given: { uids: readonly string[]; gids: readonly string[] },
  parent: ParentMaps,
): { uids: IdMapping[]; gids: IdMapping[] } {
  const uids = given.uids.length > 0 ? given.uids : given.gids;
  const gids = given.gids.length > 0 ? given.gids : given.uids;
  return { uids: parseOneKind('u', uids, parent.uids), gids: parseOneKind('g', gids, parent.gids) };
}

/** Parses a plain `container:host:size` list, as the options of `--userns auto` have it. Throws 'usage'. */
export function parseIdMap(text: string): IdMapping {
  const [container, host, size = '1', ...rest] = text.split(':');
  if (rest.length > 0 || host === undefined) throw malformed(text, 'expected CONTAINER:HOST[:SIZE]');
  const numbers = [container, host, size].map((part) => parseId(text, part ?? ''));
  if (numbers[2] === 0) throw malformed(text, 'the size must not be 0');
  return { container: numbers[0] ?? 0, host: numbers[1] ?? 0, size: numbers[2] ?? 1 };
}

function parseOneKind(kind: 'u' | 'g', texts: readonly string[], parent: readonly IdMapping[]): IdMapping[] {
  const entries = texts.flatMap((text) => parseEntry(kind, text, parent));
  if (entries.length === 0) return identity(parent);
  let maps: IdMapping[] = [];
  for (const { extends: isExtension, ...map } of entries) {
    if (isExtension) maps = insert(maps, map);
    else maps.push(checkOverlap(maps, map));
  }
  if (entries[0]?.extends) maps = fill(maps, countIds(parent));
  return maps.sort((a, b) => a.container - b.container);
}

function parseEntry(kind: 'u' | 'g', text: string, parent: readonly IdMapping[]): MapEntry[] {
  const [, flags = '', body = ''] = /^([ug+]*)(.*)$/.exec(text) ?? [];
  const isOther = flags.includes(kind === 'u' ? 'g' : 'u') && !flags.includes(kind);
  if (isOther) return [];
  const map = parseIdMap(body.replace(':@', ':'));
  if (body.includes(':@')) map.host = toParentId(text, map, parent);
  return [{ ...map, extends: flags.includes('+') }];
}

/** The id in the common user namespace that a host id has. */
function toParentId(text: string, { host, size }: IdMapping, parent: readonly IdMapping[]): number {
  const range = parent.find((each) => host >= each.host && host + size <= each.host + each.size);
  if (range) return range.container + host - range.host;
  throw malformed(text, `the host id ${host} is neither yours nor among your subordinate ids`);
}

function checkOverlap(maps: readonly IdMapping[], map: IdMapping): IdMapping {
  for (const other of maps) {
    if (overlap(other.container, other.size, map.container, map.size)) {
      throw malformed(`${map.container}:${map.host}:${map.size}`, 'container ids are mapped twice');
    }
    if (overlap(other.host, other.size, map.host, map.size)) {
      throw malformed(`${map.container}:${map.host}:${map.size}`, 'ids of the user are mapped twice');
    }
  }
  return map;
}

function overlap(a: number, aSize: number, b: number, bSize: number): boolean {
  return a < b + bSize && b < a + aSize;
}

/** `maps` without whatever shares an id with `map` on either side, and then `map`. */
function insert(maps: readonly IdMapping[], map: IdMapping): IdMapping[] {
  const apart = maps
    .flatMap((each) => cut(each, map.container - each.container, map.size))
    .flatMap((each) => cut(each, map.host - each.host, map.size));
  return [...apart, map];
}

/** What stays of `map` without `size` ids from offset `from` on. */
function cut(map: IdMapping, from: number, size: number): IdMapping[] {
  const before = Math.min(Math.max(from, 0), map.size);
  const after = Math.min(Math.max(from + size, 0), map.size);
  return [part(map, 0, before), part(map, after, map.size)].filter((each) => each.size > 0);
}

function part(map: IdMapping, from: number, to: number): IdMapping {
  return { container: map.container + from, host: map.host + from, size: to - from };
}

/** Maps the container ids that are free to the user's ids that are free, both in ascending order. */
function fill(maps: readonly IdMapping[], total: number): IdMapping[] {
  const hosts = gaps(
    maps.map(({ host, size }) => ({ start: host, size })),
    total,
  );
  const containers = gaps(
    maps.map(({ container, size }) => ({ start: container, size })),
    Infinity,
  );
  const result = [...maps];
  let at = containers.shift();
  for (const host of hosts) {
    for (let done = 0; done < host.size && at;) {
      const size = Math.min(host.size - done, at.size);
      result.push({ container: at.start, host: host.start + done, size });
      done += size;
      at = size === at.size ? containers.shift() : { start: at.start + size, size: at.size - size };
    }
  }
  return result;
}

function gaps(ranges: { start: number; size: number }[], end: number): { start: number; size: number }[] {
  const result: { start: number; size: number }[] = [];
  let at = 0;
  for (const { start, size } of ranges.sort((a, b) => a.start - b.start)) {
    if (start > at) result.push({ start: at, size: Math.min(start, end) - at });
    at = Math.max(at, start + size);
  }
  if (at < end) result.push({ start: at, size: end - at });
  return result.filter((gap) => gap.size > 0);
}

/** Every id of the common user namespace mapped to itself. */
function identity(parent: readonly IdMapping[]): IdMapping[] {
  return [{ container: 0, host: 0, size: countIds(parent) }];
}

function countIds(parent: readonly IdMapping[]): number {
  return parent.reduce((sum, { size }) => sum + size, 0);
}

function parseId(text: string, number: string): number {
  if (/^\d+$/.test(number) && Number(number) < 2 ** 32) return Number(number);
  throw malformed(text, `"${number}" is not an id`);
}

function malformed(text: string, reason: string): TspodError {
  return new TspodError('usage', `id map "${text}": ${reason}`, {
    hint: 'write [+][u|g]CONTAINER:[@]FROM[:SIZE], such as 0:1:1000 or +5000:@1000',
  });
}
