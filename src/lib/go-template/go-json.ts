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
  const entries = Object.entries(value).filter(
    ([, each]) => typeof each !== 'function' && each !== undefined,
  );
  return plainEntries(Object.getPrototypeOf(value) === null ? sorted(entries) : entries);
}

function plainEntries(entries: [string, unknown][]): Record<string, unknown> {
  return Object.fromEntries(entries.map(([key, each]) => [key, plainJson(each)]));
}

function sorted(entries: [string, unknown][]): [string, unknown][] {
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}
