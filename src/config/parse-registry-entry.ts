import type { Context } from '../lib/context';
import { findArrayKeyLine } from './find-array-key';
import type { ArrayPath } from './find-array-key';
import { field, fieldError, originOf } from './registries-conf-fields';
import type { ConfTable } from './registries-conf-fields';
import type { MirrorUse, RegistryEntry, RegistryMirror } from './registries-conf-types';

const KEYS = [
  'prefix',
  'location',
  'insecure',
  'blocked',
  'mirror',
  'mirror-by-digest-only',
  'pull-from-mirror',
];
const MIRROR_KEYS = ['location', 'insecure', 'pull-from-mirror'];
const USES: readonly string[] = ['all', 'digest-only', 'tag-only'] satisfies MirrorUse[];

/** The `[[registry]]` tables of a file. Error `invalid`: names the file, the line and the key. */
export function parseRegistries(ctx: Pick<Context, 'log'>, top: ConfTable, text: string): RegistryEntry[] {
  const tables = field(top, 'registry', 'tables') ?? [];
  const at = (path: ArrayPath, values: Record<string, unknown>): ConfTable => ({
    values,
    name: `${path[0]}[${path[1]}]${path[2] === undefined ? '' : `.${path[2]}[${path[3]}]`}`,
    lineOf: (key) => findArrayKeyLine(text, path, key),
    path: top.path,
  });
  const entries = tables.map((values, index) => {
    const table = at(['registry', index], values);
    tellUnknown(ctx, table, KEYS);
    const entry = parseEntry(table);
    const mirrors = field(table, 'mirror', 'tables') ?? [];
    entry.mirrors = mirrors.map((mirror, each) => {
      const inner = at(['registry', index, 'mirror', each], mirror);
      tellUnknown(ctx, inner, MIRROR_KEYS);
      return parseMirror(inner, { byDigestOnly: field(table, 'mirror-by-digest-only', 'boolean') ?? false });
    });
    checkAgreement(table, entry);
    return entry;
  });
  checkConflicts(entries, (index) => at(['registry', index], tables[index] ?? {}));
  return lastOfEachPrefix(entries);
}

function parseEntry(table: ConfTable): RegistryEntry {
  const location = parseLocation(table, 'location');
  const prefix = parseLocation(table, 'prefix') || location;
  if (prefix === '') throw fieldError(table, '', 'has neither location nor prefix');
  if (location === '' && !prefix.startsWith('*.')) {
    throw fieldError(table, 'location', 'is missing: only a prefix such as "*.example.com" goes without');
  }
  if (prefix.startsWith('*.') && /[/@:]/.test(prefix)) {
    throw fieldError(table, 'prefix', `must be written as "*.example.com", got "${prefix}"`);
  }
  return {
    ...{ prefix, location, mirrors: [], origin: table.path },
    insecure: field(table, 'insecure', 'boolean') ?? false,
    blocked: field(table, 'blocked', 'boolean') ?? false,
  };
}

function checkAgreement(table: ConfTable, { prefix }: RegistryEntry): void {
  const use = field(table, 'pull-from-mirror', 'string');
  if (use === undefined || use === '') return;
  throw fieldError(
    table,
    'pull-from-mirror',
    `belongs into the mirrors of "${prefix}", not into the registry`,
  );
}

function parseMirror(table: ConfTable, { byDigestOnly }: { byDigestOnly: boolean }): RegistryMirror {
  const location = parseLocation(table, 'location');
  if (location === '') throw fieldError(table, 'location', 'is missing');
  const use = field(table, 'pull-from-mirror', 'string') ?? '';
  if (use !== '' && byDigestOnly) {
    throw fieldError(table, 'pull-from-mirror', 'cannot stand beside mirror-by-digest-only of its registry');
  }
  if (use !== '' && !USES.includes(use)) {
    throw fieldError(table, 'pull-from-mirror', `must be one of ${USES.join(', ')}, got "${use}"`);
  }
  const insecure = field(table, 'insecure', 'boolean') ?? false;
  return { location, insecure, use: byDigestOnly ? 'digest-only' : ((use || 'all') as MirrorUse) };
}

function parseLocation(table: ConfTable, key: string): string {
  const text = (field(table, key, 'string') ?? '').replace(/\/+$/, '');
  if (!/^https?:\/\//.test(text)) return text;
  throw fieldError(table, key, `must be written without "http://" or "https://", got "${text}"`);
}

/** One location cannot be insecure or blocked here and not there. */
function checkConflicts(entries: readonly RegistryEntry[], at: (index: number) => ConfTable): void {
  for (const [index, entry] of entries.entries()) {
    const key = entry.location || entry.prefix;
    const other = entries.slice(0, index).find((each) => (each.location || each.prefix) === key);
    for (const setting of ['insecure', 'blocked'] as const) {
      if (other === undefined || other[setting] === entry[setting]) continue;
      throw fieldError(at(index), setting, `contradicts an earlier [[registry]] of "${key}"`);
    }
  }
}

function lastOfEachPrefix(entries: readonly RegistryEntry[]): RegistryEntry[] {
  return [...new Map(entries.map((entry) => [entry.prefix, entry])).values()];
}

function tellUnknown(ctx: Pick<Context, 'log'>, table: ConfTable, known: readonly string[]): void {
  for (const key of Object.keys(table.values)) {
    if (known.includes(key)) continue;
    ctx.log('warn', `${originOf(table, key)}: ${table.name}.${key} is not known, it has no effect`);
  }
}
