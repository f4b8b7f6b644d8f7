import { equal, less } from './compare';
import { escapeHtml, escapeJs, escapeQuery } from './escape';
import { goJson } from './go-json';
import { print, printValue } from './print-value';
import { sprintf } from './printf';
import { isTrue, kindOf, mapEntries, mapValue, NO_VALUE, typeName } from './values';

/** A function of the templates, with the number of arguments that it takes. */
export interface TemplateFunction {
  call(...args: unknown[]): unknown;
  min: number;
  /** Without it any number from `min` on. */
  max?: number;
  /** Go's types of the arguments; the last one is for all that follow. Absent: anything. */
  types?: readonly ('string' | 'int' | 'strings')[];
}

/** Go's own functions, except `and` and `or`, which look at their arguments one by one. */
const builtins: Readonly<Record<string, TemplateFunction>> = {
  not: { min: 1, max: 1, call: (value) => !isTrue(value) },
  len: { min: 1, max: 1, call: length },
  index: { min: 1, call: (value, ...keys) => keys.reduce(indexOne, value) },
  slice: { min: 1, max: 4, call: slice },
  call: { min: 1, call: callFunction },
  print: { min: 0, call: (...values) => print(values) },
  println: { min: 0, call: (...values) => `${values.map(printValue).join(' ')}\n` },
  printf: { min: 1, types: ['string'], call: (format, ...values) => sprintf(format as string, values) },
  html: { min: 0, call: (...values) => escapeHtml(print(values)) },
  js: { min: 0, call: (...values) => escapeJs(print(values)) },
  urlquery: { min: 0, call: (...values) => escapeQuery(print(values)) },
  eq: { min: 1, call: (first, ...others) => equal(first, others) },
  ne: { min: 2, max: 2, call: (a, b) => !equal(a, [b]) },
  lt: { min: 2, max: 2, call: less },
  le: { min: 2, max: 2, call: (a, b) => less(a, b) || equal(a, [b]) },
  gt: { min: 2, max: 2, call: (a, b) => less(b, a) },
  ge: { min: 2, max: 2, call: (a, b) => !less(a, b) },
};

/** The functions that Podman adds to its formats. */
const podman: Readonly<Record<string, TemplateFunction>> = {
  json: { min: 1, max: 1, call: goJson },
  join: {
    min: 2,
    max: 2,
    types: ['strings', 'string'],
    call: (list, by) => (list as string[]).join(by as string),
  },
  split: { min: 2, max: 2, types: ['string'], call: (text, by) => (text as string).split(by as string) },
  lower: { min: 1, max: 1, types: ['string'], call: (text) => (text as string).toLowerCase() },
  upper: { min: 1, max: 1, types: ['string'], call: (text) => (text as string).toUpperCase() },
  title: { min: 1, max: 1, types: ['string'], call: (text) => title(text as string) },
  pad: { min: 3, max: 3, types: ['string', 'int'], call: pad },
  truncate: {
    min: 2,
    max: 2,
    types: ['string', 'int'],
    call: truncate,
  },
};

/** Every function that a format may use, by name. */
export const templateFunctions: Readonly<Record<string, TemplateFunction>> = { ...builtins, ...podman };

/** Whether there is a function of this name. */
export function hasFunction(name: string): boolean {
  return name === 'and' || name === 'or' || Object.hasOwn(templateFunctions, name);
}

function length(value: unknown): number {
  switch (kindOf(value)) {
    case 'string':
      return Buffer.byteLength(value as string);
    case 'slice':
      return (value as unknown[]).length;
    case 'map':
      return mapEntries(value).length;
    case 'nil':
      throw new Error('len of nil pointer');
    default:
      throw new Error(`len of type ${typeName(value)}`);
  }
}

function indexOne(value: unknown, key: unknown): unknown {
  const kind = kindOf(value);
  if (kind === 'map') return mapElement(value, key);
  if (kind === 'nil') throw new Error('index of untyped nil');
  if (kind !== 'slice' && kind !== 'string') throw new Error(`can't index item of type ${typeName(value)}`);
  if (kindOf(key) !== 'int') throw new Error(`cannot index slice/array with type ${typeName(key)}`);
  const at = Number(key);
  const items = kind === 'slice' ? (value as unknown[]) : Buffer.from(value as string);
  if (at < 0 || at >= items.length) throw new Error(`index out of range: ${at}`);
  return items[at];
}

/** The element of a key; the zero value of the map's elements when it is missing. */
function mapElement(map: unknown, key: unknown): unknown {
  const found = mapValue(map, key);
  if (found !== NO_VALUE) return found;
  const [sample] = mapEntries(map);
  const zeros: Partial<Record<string, unknown>> = { string: '', int: 0, float: 0, bool: false };
  return sample === undefined ? '' : (zeros[kindOf(sample[1])] ?? null);
}

function slice(value: unknown, ...bounds: unknown[]): unknown {
  const kind = kindOf(value);
  if (kind !== 'string' && kind !== 'slice') throw new Error(`can't slice item of type ${typeName(value)}`);
  if (kind === 'string' && bounds.length === 3) throw new Error('cannot 3-index slice a string');
  const items = kind === 'string' ? Buffer.from(value as string) : (value as unknown[]);
  const [from = 0, to = items.length] = bounds.map(Number);
  if (from < 0 || to > items.length) throw new Error(`index out of range: ${from < 0 ? from : to}`);
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`);
  const part = items.slice(from, to);
  return Buffer.isBuffer(part) ? part.toString() : part;
}

function callFunction(target: unknown, ...args: unknown[]): unknown {
  if (target === null || target === undefined || target === NO_VALUE) throw new Error('call of nil');
  if (typeof target !== 'function') throw new Error(`non-function of type ${typeName(target)}`);
  return (target as (...values: unknown[]) => unknown)(...args);
}

function title(text: string): string {
  return text.replace(
    /(^|[^\p{L}\p{N}_'])(\p{L})/gu,
    (_all, before: string, letter: string) => before + letter.toUpperCase(),
  );
}

function truncate(text: unknown, to: unknown): string {
  if (Number(to) < 0) throw new Error(`runtime error: slice bounds out of range [:${String(to)}]`);
  return [...(text as string)].slice(0, Number(to)).join('');
}

function pad(text: unknown, before: unknown, after: unknown): string {
  if (text === '') return '';
  return ' '.repeat(Number(before)) + String(text) + ' '.repeat(Number(after));
}
