import { NIL_MAP, NO_VALUE } from './values';

/** A value as Go's encoding/json writes it without HTML escapes: maps sorted by key, one line. */
export function goJson(value: unknown): string {
  return JSON.stringify(plainJson(value)) ?? 'null';
}

/** `value` for JSON.stringify, with maps as sorted objects and big integers as numbers. */
export function plainJson(value: unknown): unknown {
  if (value === NO_VALUE || value === undefined || value === NIL_MAP) return null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plainJson);
  if (value instanceof Map) return plainEntries(sorted([...value] as [string, unknown][]));
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return value;
  if (Object.getPrototypeOf(value) === null) return plainEntries(sorted(Object.entries(value)));
  const plain: Record<string, unknown> = {};
  for (const key of Object.keys(value)) addPlain(plain, key, (value as Record<string, unknown>)[key]);
  return plain;
}

function plainEntries(entries: [string, unknown][]): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [key, each] of entries) addPlain(plain, key, each);
  return plain;
}

function addPlain(plain: Record<string, unknown>, key: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return;
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  // a key may be __proto__
  if (key === '__proto__') Object.defineProperty(plain, key, { value: plainJson(value), enumerable: true });
  else plain[key] = isPlain ? value : plainJson(value);
}

function sorted(entries: [string, unknown][]): [string, unknown][] {
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}
