import { TspodError } from '../lib/errors';
import { CONTAINERS_CONF_KEYS, type ConfKind, type ContainersConf } from './containers-conf-keys';

/** One file, parsed. */
export interface ConfFile {
  path: string;
  content: Record<string, unknown>;
}

/** Values by key, and which lists later files add to instead of replacing them. */
interface MergedTable {
  values: Record<string, unknown>;
  appending: Set<string>;
}

/**
 * Puts files together: a later value replaces an earlier one, and so does a list, unless it holds `{append=true}`
 * (containers.conf(5), "APPENDING TO STRING ARRAYS"). Throws 'invalid' for a value of the wrong type.
 */
export function mergeContainersConf(files: readonly ConfFile[]): ContainersConf {
  const tables = new Map<string, MergedTable>();
  for (const name of Object.keys(CONTAINERS_CONF_KEYS)) {
    tables.set(name, { values: {}, appending: new Set() });
  }
  const ignored: string[] = [];
  for (const { path, content } of files) {
    for (const [name, table] of Object.entries(content)) {
      if (!isTable(table)) throw invalid(path, name, 'a table', table);
      ignored.push(...addTable(tables.get(name), { path, name, table }));
    }
  }
  const merged = Object.fromEntries([...tables].map(([name, { values }]) => [name, values]));
  return { ...merged, ignored, files: files.map(({ path }) => path) } as unknown as ContainersConf;
}

interface NamedTable {
  path: string;
  name: string;
  table: Record<string, unknown>;
}

/** Adds one file's table; returns the keys that are not known. */
function addTable(merged: MergedTable | undefined, { path, name, table }: NamedTable): string[] {
  const kinds: Record<string, ConfKind> = Object.hasOwn(CONTAINERS_CONF_KEYS, name)
    ? CONTAINERS_CONF_KEYS[name as keyof typeof CONTAINERS_CONF_KEYS]
    : {};
  const ignored: string[] = [];
  for (const [key, value] of Object.entries(table)) {
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    if (kind !== undefined && merged) addValue(merged, { key, kind, value, path, name });
    // vendors ship empty tables: nothing was asked for
    else if (!(isTable(value) && Object.keys(value).length === 0)) ignored.push(`${name}.${key} in ${path}`);
  }
  return ignored;
}

interface Entry {
  key: string;
  kind: ConfKind;
  value: unknown;
  path: string;
  name: string;
}

const CHECKS: Record<Exclude<ConfKind, 'list'>, { what: string; holds: (value: unknown) => boolean }> = {
  boolean: { what: 'true or false', holds: (value) => typeof value === 'boolean' },
  string: { what: 'a string', holds: (value) => typeof value === 'string' },
  integer: { what: 'an integer', holds: (value) => Number.isSafeInteger(value) },
  size: { what: 'a size', holds: (value) => typeof value === 'string' || Number.isSafeInteger(value) },
};

function addValue(merged: MergedTable, entry: Entry): void {
  if (entry.kind === 'list') return addList(merged, entry);
  const { what, holds } = CHECKS[entry.kind];
  if (!holds(entry.value)) throw invalid(entry.path, `${entry.name}.${entry.key}`, what, entry.value);
  merged.values[entry.key] = entry.kind === 'size' ? String(entry.value) : entry.value;
}

function addList(merged: MergedTable, { key, value, path, name }: Entry): void {
  const where = `${name}.${key}`;
  if (!Array.isArray(value)) throw invalid(path, where, 'a list of strings', value);
  const words: string[] = [];
  for (const item of value as unknown[]) {
    if (typeof item === 'string') words.push(item);
    else if (isTable(item) && typeof item['append'] === 'boolean') setAppending(merged, key, item['append']);
    else throw invalid(path, where, 'a list of strings', item);
  }
  const earlier = merged.appending.has(key) ? ((merged.values[key] as string[] | undefined) ?? []) : [];
  merged.values[key] = [...earlier, ...words];
}

function setAppending(merged: MergedTable, key: string, append: boolean): void {
  if (append) merged.appending.add(key);
  else merged.appending.delete(key);
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function invalid(path: string, where: string, expected: string, actual: unknown): TspodError {
  const got = JSON.stringify(actual, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
  return new TspodError('invalid', `reading "${path}": ${where} must be ${expected}, got ${got}`);
}
