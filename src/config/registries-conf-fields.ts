import { TspodError } from '../lib/errors';

/** How the value of a key is written. */
export type FieldKind = 'string' | 'boolean' | 'strings' | 'tables' | 'table';

/** A TOML table with what is needed to tell where it stands. */
export interface ConfTable {
  values: Record<string, unknown>;
  /** `registry[0].mirror[1]`, for messages; empty of the file itself. */
  name: string;
  /** The line of a key from 1; undefined where it cannot be told. */
  lineOf(key: string): number | undefined;
  path: string;
}

const KINDS: Record<FieldKind, { what: string; holds: (value: unknown) => boolean }> = {
  string: { what: 'a string', holds: (value) => typeof value === 'string' },
  boolean: { what: 'true or false', holds: (value) => typeof value === 'boolean' },
  strings: {
    what: 'a list of strings',
    holds: (value) => isListOf(value, (each) => typeof each === 'string'),
  },
  tables: { what: 'written as [[...]] tables', holds: (value) => isListOf(value, isTable) },
  table: { what: 'a table', holds: (value) => isTable(value) },
};

interface FieldTypes {
  string: string;
  boolean: boolean;
  strings: string[];
  tables: Record<string, unknown>[];
  table: Record<string, unknown>;
}

/** The value of a key; undefined where it is absent. Error `invalid`: it is of another kind. */
export function field<K extends FieldKind>(
  table: ConfTable,
  key: string,
  kind: K,
): FieldTypes[K] | undefined {
  const value = Object.hasOwn(table.values, key) ? table.values[key] : undefined;
  if (value === undefined) return undefined;
  const { what, holds } = KINDS[kind];
  if (!holds(value)) throw fieldError(table, key, `must be ${what}, got ${shown(value)}`);
  return value as FieldTypes[K];
}

/** The error of a value: `reading "FILE", line 3: registry[0].location must be ...`. */
export function fieldError(table: ConfTable, key: string, problem: string): TspodError {
  const full = [table.name, key].filter((part) => part !== '').join('.');
  return new TspodError('invalid', `reading ${originOf(table, key)}: ${full} ${problem}`, {
    hint: 'see containers-registries.conf(5) for how each key is written',
  });
}

/** `"FILE", line 3`. */
export function originOf(table: ConfTable, key: string): string {
  const line = table.lineOf(key);
  return line === undefined ? `"${table.path}"` : `"${table.path}", line ${line}`;
}

function isListOf(value: unknown, holds: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(holds);
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}` : each));
}
