import { languageError } from './language-error';
import type { RunMount } from './run-mount';
import type { SourceRange } from './types';

/** The types of `--mount`. */
export type MountType = RunMount['type'];

/** The keys of every type, without those that mean the same. `relabel`, `z` and `Z` mean nothing without SELinux. */
export const MOUNT_KEYS: Readonly<Record<MountType, readonly string[]>> = {
  bind: ['source', 'target', 'from', 'readonly', 'readwrite', 'relabel', 'z', 'Z'],
  cache: [
    ...['id', 'source', 'target', 'from', 'sharing', 'mode', 'uid', 'gid'],
    ...['readonly', 'readwrite', 'relabel', 'z', 'Z'],
  ],
  tmpfs: ['target', 'size'],
  secret: ['id', 'source', 'target', 'env', 'required', 'mode', 'uid', 'gid'],
  ssh: ['id', 'target', 'required', 'mode', 'uid', 'gid'],
};
const ALIASES: Readonly<Record<string, string>> = {
  src: 'source',
  dst: 'target',
  destination: 'target',
  ro: 'readonly',
  rw: 'readwrite',
};
/** Keys that need no value. */
const FLAGS = ['readonly', 'readwrite', 'required', 'z', 'Z'];

/** The fields of one mount, by their first names. */
export interface MountFields {
  keys: string[];
  has(key: string): boolean;
  text(key: string): string | undefined;
  /** Those of the keys that were given. */
  texts<K extends string>(...keys: K[]): { [key in K]?: string };
  flag(key: string): boolean | undefined;
  /** The first choice where nothing was given. */
  choice<T extends string>(key: string, choices: readonly [T, ...T[]]): T;
  owner(): { mode?: number; uid?: number; gid?: number };
  placeOf(key: string): SourceRange;
}

/** One `key=value`. */
interface Field {
  key: string;
  value: string | undefined;
  at: SourceRange;
}

/** Error `invalid`: a field without its value; when they are asked for, malformed values. */
export function readMountFields(raw: string, at: SourceRange, expand: (text: string) => string): MountFields {
  const fields = splitFields(raw).map((field) => readField(field, at, expand));
  const find = (key: string) => fields.findLast((field) => field.key === key);
  const text = (key: string) => find(key)?.value;
  const placeOf = (key: string) => find(key)?.at ?? at;
  return {
    keys: fields.map(({ key }) => key),
    has: (key) => find(key) !== undefined,
    text,
    texts: (...keys) =>
      Object.fromEntries(keys.flatMap((key) => (text(key) ? [[key, text(key)]] : []))) as never,
    flag: (key) => flagOf(find(key)),
    choice: (key, choices) => choose(find(key), choices),
    owner: () => ownerOf(find),
    placeOf,
  };
}

/** Commas divide, except between double quotes. */
function splitFields(text: string): string[] {
  return [...text.matchAll(/(?:"(?:[^"]|"")*"|[^",]|")+/g)].map(([field]) =>
    field.replace(/^"(.*)"$/s, '$1').replaceAll('""', '"'),
  );
}

function readField(text: string, at: SourceRange, expand: (text: string) => string): Field {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const lower = name === 'Z' ? name : name.trim().toLowerCase();
  const key = ALIASES[lower] ?? lower;
  const column = at.text.indexOf(text, at.column - 1);
  const place = column < 0 ? at : { ...at, column: column + 1, length: Math.max(1, text.length) };
  if (equals >= 0) return { key, value: expand(text.slice(equals + 1)), at: place };
  if (FLAGS.includes(key)) return { key, value: undefined, at: place };
  throw languageError(place, `"${text}" has no value`, 'fields of a mount are key=value, divided by commas');
}

function flagOf(field: Field | undefined): boolean | undefined {
  if (field === undefined) return undefined;
  const { key, value, at } = field;
  if (value === undefined || /^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw languageError(at, `${key}=${value}: expected true or false`);
}

function choose<T extends string>(field: Field | undefined, choices: readonly [T, ...T[]]): T {
  if (field === undefined) return choices[0];
  const found = choices.find((choice) => choice === field.value?.toLowerCase());
  if (found !== undefined) return found;
  throw languageError(field.at, `${field.key}=${field.value}: expected ${choices.join(', ')}`);
}

function ownerOf(find: (key: string) => Field | undefined): { mode?: number; uid?: number; gid?: number } {
  const owner: { mode?: number; uid?: number; gid?: number } = {};
  for (const key of ['mode', 'uid', 'gid'] as const) {
    const field = find(key);
    if (field === undefined) continue;
    const isRight = (key === 'mode' ? /^[0-7]{1,6}$/ : /^\d{1,10}$/).test(field.value ?? '');
    if (!isRight)
      throw languageError(
        field.at,
        `${key}=${field.value}: expected ${key === 'mode' ? 'an octal number' : 'a number'}`,
      );
    owner[key] = parseInt(field.value ?? '', key === 'mode' ? 8 : 10);
  }
  return owner;
}
