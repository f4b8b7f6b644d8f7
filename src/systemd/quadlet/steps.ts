import { readArguments, readFlag, readPairs, readText, readTexts, readWords } from './read-key';
import type { Conversion, QuadletKey, QuadletStep } from './types';
import type { Check } from './value-checks';

/** The last value of a key: `--option VALUE`. */
export function text(name: string, option: string, check?: Check): QuadletStep {
  return step({ name, repeats: false, option, ...(check && { check }) }, (conversion) => {
    const value = readText(conversion, name);
    return value === undefined ? [] : [`--${option}`, value];
  });
}

/** Each value of a key: `--option VALUE`. */
export function texts(name: string, option: string, check?: Check): QuadletStep {
  return step({ name, repeats: true, option, ...(check && { check }) }, (conversion) =>
    each(`--${option}`, readTexts(conversion, name)),
  );
}

/** Each word of a key: `--option WORD`. */
export function words(name: string, option: string, write = (word: string) => word): QuadletStep {
  return step({ name, repeats: true, option }, (conversion) =>
    each(`--${option}`, readWords(conversion, name).map(write)),
  );
}

/** Each word of a key with escape sequences: `--option WORD`. */
export function quoted(name: string, option: string, write = (word: string) => word): QuadletStep {
  return step({ name, repeats: true, option }, (conversion) =>
    each(`--${option}`, readArguments(conversion, name).map(write)),
  );
}

/** A boolean: `--option`, or `--option=false`. */
export function flag(name: string, option: string): QuadletStep {
  return step({ name, repeats: false, option }, (conversion) =>
    flagWords(option, readFlag(conversion, name)),
  );
}

/** `--option` or `--option=false`; nothing for undefined. */
function flagWords(option: string, value: boolean | undefined): string[] {
  if (value === undefined) return [];
  return [value ? `--${option}` : `--${option}=false`];
}

/** The words `NAME=value` of a key, sorted: `--option NAME=value`. */
export function pairs(name: string, option: string): QuadletStep {
  return step({ name, repeats: true, option }, (conversion) =>
    each(
      `--${option}`,
      readPairs(conversion, name).map(([key, value]) => (value === undefined ? key : `${key}=${value}`)),
    ),
  );
}

/** Keys that are more than an option each. */
export function own(
  keys: readonly (string | QuadletKey)[],
  make: (conversion: Conversion) => readonly string[],
): QuadletStep {
  return {
    keys: keys.map((key) => (typeof key === 'string' ? { name: key, repeats: false } : key)),
    words: make,
  };
}

/** A key that counts as often as it stands there. */
export function repeated(name: string, option?: string, check?: Check): QuadletKey {
  return { name, repeats: true, ...(option === undefined ? {} : { option }), ...(check && { check }) };
}

/** `option` before each of `values`. */
export function each(option: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [option, value]);
}

function step(key: QuadletKey, make: (conversion: Conversion) => readonly string[]): QuadletStep {
  return { keys: [key], words: make };
}
