import { TspodError } from '../lib/errors';
import {
  CONTAINERS_CONF_KEYS,
  type ConfKind,
  type ContainersConf,
  type IgnoredKey,
} from './containers-conf-keys';
import { findKeyLine } from './find-key';
import { whyUnused } from './podman-keys';

/** One file, parsed. */
export interface ConfFile {
  path: string;
  content: Record<string, unknown>;
  /** As it was written, to tell the lines of keys. */
  text: string;
}

/** Values by key, and which lists later files add to instead of replacing them. */
interface MergedTable {
  values: Record<string, unknown>;
  appending: Set<string>;
}

interface Merge {
  tables: Map<string, MergedTable>;
  origins: Record<string, string>;
  ignored: IgnoredKey[];
}

/**
 * Puts files together: a later value replaces an earlier one, and so does a list, unless it holds `{append=true}`
 * (containers.conf(5), "APPENDING TO STRING ARRAYS"). Throws 'invalid' for a value of the wrong type.
 */
export function mergeContainersConf(files: readonly ConfFile[]): ContainersConf {
  const merge: Merge = { tables: new Map(), origins: {}, ignored: [] };
  for (const name of Object.keys(CONTAINERS_CONF_KEYS)) {
    merge.tables.set(name, { values: {}, appending: new Set() });
  }
  for (const file of files) {
    for (const [name, table] of Object.entries(file.content)) {
      if (!isTable(table)) throw invalid(originOf(file, '', name), name, 'a table', table);
      addTable(merge, file, { name, table });
    }
  }
  const { origins, ignored } = merge;
  const merged = Object.fromEntries([...merge.tables].map(([name, { values }]) => [name, values]));
  return { ...merged, origins, ignored, files: files.map(({ path }) => path) } as unknown as ContainersConf;
}

function addTable(
  merge: Merge,
  file: ConfFile,
  { name, table }: { name: string; table: Record<string, unknown> },
): void {
  const merged = merge.tables.get(name);
  const kinds: Record<string, ConfKind> = merged
    ? CONTAINERS_CONF_KEYS[name as keyof typeof CONTAINERS_CONF_KEYS]
    : {};
  for (const [key, value] of Object.entries(table)) {
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    const origin = originOf(file, name, key);
    if (kind !== undefined && merged) {
      addValue(merged, { key, kind, value, origin, where: `${name}.${key}` });
      merge.origins[`${name}.${key}`] = origin;
    } else if (!isEmptyTable(value)) {
      merge.ignored.push({ key: `${name}.${key}`, origin, ...reasonOf(name, key) });
    }
  }
}

function reasonOf(table: string, key: string): Pick<IgnoredKey, 'reason'> {
  const reason = whyUnused(table, key);
  return reason === undefined ? {} : { reason };
}

/** `"FILE", line 3`. */
function originOf({ path, text }: ConfFile, table: string, key: string): string {
  const line = findKeyLine(text, table, key);
  return line === undefined ? `"${path}"` : `"${path}", line ${line}`;
}

interface Entry {
  key: string;
  kind: ConfKind;
  value: unknown;
  origin: string;
  where: string;
}

const CHECKS: Record<
  Exclude<ConfKind, 'list' | 'lists' | 'strings' | 'pools'>,
  { what: string; holds: (value: unknown) => boolean }
> = {
  boolean: { what: 'true or false', holds: (value) => typeof value === 'boolean' },
  string: { what: 'a string', holds: (value) => typeof value === 'string' },
  integer: { what: 'an integer', holds: (value) => Number.isSafeInteger(value) },
  size: { what: 'a size', holds: (value) => typeof value === 'string' || Number.isSafeInteger(value) },
};

function addValue(merged: MergedTable, entry: Entry): void {
  if (entry.kind === 'list') return addList(merged, entry);
  if (entry.kind === 'pools') return addPools(merged, entry);
  if (entry.kind === 'lists' || entry.kind === 'strings') return addEntries(merged, entry, entry.kind);
  const { what, holds } = CHECKS[entry.kind];
  if (!holds(entry.value)) throw invalid(entry.origin, entry.where, what, entry.value);
  merged.values[entry.key] = entry.kind === 'size' ? String(entry.value) : entry.value;
}

function addList(merged: MergedTable, { key, value, origin, where }: Entry): void {
  if (!Array.isArray(value)) throw invalid(origin, where, 'a list of strings', value);
  const words: string[] = [];
  for (const item of value as unknown[]) {
    if (typeof item === 'string') words.push(item);
    else if (isTable(item) && typeof item['append'] === 'boolean') setAppending(merged, key, item['append']);
    else throw invalid(origin, where, 'a list of strings', item);
  }
  const earlier = merged.appending.has(key) ? ((merged.values[key] as string[] | undefined) ?? []) : [];
  merged.values[key] = [...earlier, ...words];
}

function addPools(merged: MergedTable, { key, value, origin, where }: Entry): void {
  const what = 'a list of tables with base and size';
  if (!Array.isArray(value)) throw invalid(origin, where, what, value);
  for (const each of value as unknown[]) {
    const fits = isTable(each) && typeof each['base'] === 'string' && Number.isSafeInteger(each['size']);
    if (!fits) throw invalid(origin, where, what, each);
  }
  merged.values[key] = value;
}

/** A table inside a table: a later file replaces and adds single keys of it. */
function addEntries(
  merged: MergedTable,
  { key, value, origin, where }: Entry,
  kind: 'lists' | 'strings',
): void {
  const isText = (each: unknown): boolean => typeof each === 'string';
  const fits = kind === 'strings' ? isText : (each: unknown) => Array.isArray(each) && each.every(isText);
  const what = kind === 'strings' ? 'a string' : 'a list of strings';
  if (!isTable(value)) throw invalid(origin, where, 'a table', value);
  for (const [name, each] of Object.entries(value)) {
    if (!fits(each)) throw invalid(origin, `${where}.${name}`, what, each);
  }
  merged.values[key] = { ...(merged.values[key] as object | undefined), ...value };
}

function setAppending(merged: MergedTable, key: string, append: boolean): void {
  if (append) merged.appending.add(key);
  else merged.appending.delete(key);
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Vendors ship empty tables: nothing was asked for. */
function isEmptyTable(value: unknown): boolean {
  return isTable(value) && Object.keys(value).length === 0;
}

function invalid(origin: string, where: string, expected: string, actual: unknown): TspodError {
  const got = JSON.stringify(actual, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
  return new TspodError('invalid', `reading ${origin}: ${where} must be ${expected}, got ${got}`, {
    hint: 'containers.conf.example shows how each key is written',
  });
}
