import { mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { ifWhole, isErrno } from '../lib/errors';
import { randomId } from '../lib/id';
import { readJsonFile } from '../sys/file-io';
import { buildCachePaths } from './build-cache-paths';
import { digestHex, digestOf } from './digest';
import { listDirectory } from './staging';
import type { StorePaths } from './store-paths';

/** What a step has come to. */
export interface CacheEntry {
  version: 1;
  /** RFC 3339: the time that the image has for it. */
  created: string;
  /** RFC 3339: when it was made, where the image has another time (`--source-date-epoch`). */
  made?: string;
  /** Chain ids of all layers, hexadecimal, from bottom to top: they are kept as long as the entry is. */
  chainIds: string[];
  /** The instruction, for people. */
  step: string;
}

/** The key of a step: of what led to it, and of all that it depends on. 64 hexadecimal digits. */
export function stepKey(parent: string, parts: unknown): string {
  return digestHex(digestOf(`${parent}\n${JSON.stringify(parts)}`));
}

/** What is known of a step that is no older than `ttl` milliseconds; undefined: nothing. */
export function readEntry(store: StorePaths, key: string, ttl?: number): CacheEntry | undefined {
  const path = pathOf(store, key);
  // cut off by a power loss: the step is done again
  const entry = ifWhole(() => readJsonFile(path));
  if (!isEntry(entry) || (ttl !== undefined && isOlder(entry, ttl))) return undefined;
  touch(path);
  return entry;
}

function isEntry(value: unknown): value is CacheEntry {
  const { version, created, chainIds } = (value ?? {}) as Partial<CacheEntry>;
  return version === 1 && typeof created === 'string' && Array.isArray(chainIds);
}

/** Whether it was made longer ago than `ttl` milliseconds. */
export function isOlder({ made, created }: Pick<CacheEntry, 'made' | 'created'>, ttl: number): boolean {
  return Date.now() - Date.parse(made ?? created) > ttl;
}

/** Keeps what a step has come to; two builds may do so at once. */
export function writeEntry(store: StorePaths, key: string, entry: CacheEntry): void {
  const path = pathOf(store, key);
  mkdirSync(buildCachePaths(store).steps, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomId().slice(0, 8)}`;
  writeFileSync(temporary, `${JSON.stringify(entry)}\n`, { mode: 0o600, flag: 'wx' });
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The time of last use is what `--filter until=` of a prune goes by: an hour's precision is enough. */
function touch(path: string): void {
  try {
    const now = Date.now();
    if (now - statSync(path).mtimeMs > 3_600_000) utimesSync(path, now / 1000, now / 1000);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EPERM', 'EROFS')) throw error;
  }
}

/** The keys of all entries. */
export function listEntries(store: StorePaths): string[] {
  return listDirectory(buildCachePaths(store).steps).flatMap(
    (name) => /^([0-9a-f]{64})\.json$/.exec(name)?.[1] ?? [],
  );
}

/** All entries that can be read, by key. */
export function readEntries(store: StorePaths): Map<string, CacheEntry> {
  const entries = new Map<string, CacheEntry>();
  for (const key of listEntries(store)) {
    const entry = ifWhole(() => readJsonFile(pathOf(store, key)));
    if (isEntry(entry)) entries.set(key, entry);
  }
  return entries;
}

/** Forgets what a step has come to; its layers stay until they are collected. */
export function removeEntry(store: StorePaths, key: string): void {
  rmSync(pathOf(store, key), { force: true });
}

/** The layers that entries hold on to, hexadecimal chain ids. */
export function cachedLayers(store: StorePaths): Set<string> {
  return new Set([...readEntries(store).values()].flatMap(({ chainIds }) => chainIds));
}

function pathOf(store: StorePaths, key: string): string {
  return `${buildCachePaths(store).steps}/${key}.json`;
}
