import { GoDuration } from './go-duration';

/** What a missing key of a map gives: prints `<no value>` and is false. */
export const NO_VALUE: unique symbol = Symbol('<no value>');

/** The kinds of Go's values that matter to a template. */
export type Kind = 'nil' | 'bool' | 'int' | 'float' | 'string' | 'slice' | 'map' | 'struct' | 'func';

/** `record` as a Go map: keys are looked up, a missing one is `<no value>` instead of an error, and JSON has them sorted. */
export function goMap<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  const map = Object.create(null) as Record<string, T>;
  for (const key of Object.keys(record).sort()) map[key] = record[key] as T;
  return map;
}

/** Go's map that was never made: templates see an empty map, JSON `null`. */
export const NIL_MAP: Readonly<Record<string, never>> = Object.freeze(
  Object.create(null, { toJSON: { value: () => null } }) as Record<string, never>,
);

/** The map of `record`; where that is missing or empty, NIL_MAP. */
export function goMapOrNil<T>(record: Readonly<Record<string, T>> | undefined): Record<string, T> {
  return record === undefined || Object.keys(record).length === 0 ? NIL_MAP : goMap(record);
}

/** The kind that Go would see in a value: Map and objects without prototype are maps, other objects structs. */
export function kindOf(value: unknown): Kind {
  if (value === null || value === undefined || value === NO_VALUE) return 'nil';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    case 'string':
      return 'string';
    case 'function':
      return 'func';
    default:
      if (Array.isArray(value)) return 'slice';
      if (value instanceof GoDuration) return 'int';
      return value instanceof Map || Object.getPrototypeOf(value) === null ? 'map' : 'struct';
  }
}

/** The keys and values of a map, sorted by key as Go does. */
export function mapEntries(value: unknown): [string, unknown][] {
  const entries: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value as object);
  return entries
    .map(([key, each]): [string, unknown] => [String(key), each])
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The value of a key, or NO_VALUE. */
export function mapValue(map: unknown, key: unknown): unknown {
  if (map instanceof Map) return map.has(key) ? (map.get(key) as unknown) : NO_VALUE;
  const record = map as Record<string, unknown>;
  return Object.hasOwn(record, String(key)) ? record[String(key)] : NO_VALUE;
}

/** Go's notion of truth: false are zero, the empty string, slice or map, and nothing. */
export function isTrue(value: unknown): boolean {
  switch (kindOf(value)) {
    case 'nil':
      return false;
    case 'bool':
      return value as boolean;
    case 'int':
    case 'float':
      return Number(value) !== 0;
    case 'string':
      return value !== '';
    case 'slice':
      return (value as unknown[]).length > 0;
    case 'map':
      return mapEntries(value).length > 0;
    default:
      return true;
  }
}

const TYPE_NAMES: Readonly<Record<Kind, string>> = {
  nil: '<nil>',
  bool: 'bool',
  int: 'int',
  float: 'float64',
  string: 'string',
  slice: '[]interface {}',
  map: 'map[string]interface {}',
  struct: 'interface {}',
  func: 'func()',
};

/** The name of a value's Go type, as messages and `%T` show it. */
export function typeName(value: unknown): string {
  if (value instanceof GoDuration) return 'time.Duration';
  const kind = kindOf(value);
  if (kind === 'slice') return `[]${elementType(value as unknown[])}`;
  if (kind === 'map') return `map[string]${elementType(mapEntries(value).map(([, each]) => each))}`;
  return TYPE_NAMES[kind];
}

function elementType(values: readonly unknown[]): string {
  const kinds = new Set(values.map(kindOf));
  const [only] = kinds;
  const isBasic = only === 'string' || only === 'int' || only === 'float' || only === 'bool';
  return kinds.size === 1 && isBasic ? TYPE_NAMES[only] : values.length === 0 ? 'string' : 'interface {}';
}

/** Whether an object prints itself: it has a `toString` that is not the one of all objects. */
export function isStringer(value: unknown): value is { toString(): string } {
  if (kindOf(value) !== 'struct') return false;
  return (value as object).toString !== Object.prototype.toString;
}

/** The fields of a struct that print: no methods. */
export function structFields(value: unknown): [string, unknown][] {
  return Object.entries(value as object).filter(([, each]) => typeof each !== 'function');
}
