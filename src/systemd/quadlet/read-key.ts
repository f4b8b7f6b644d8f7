import { describeError } from '../../lib/errors';
import { problemAt } from '../problem';
import { lastLineOf, linesOf, type UnitLine } from '../unit-file';
import { splitWords } from '../unit-words';
import type { Conversion } from './types';

/** The last value of a key, without the quotes when all of it is quoted; undefined when it is missing or empty. */
export function readText(conversion: Conversion, key: string): string | undefined {
  const line = lastLineOf(conversion.quadlet.unit, conversion.section, key);
  return line === undefined || line.value === '' ? undefined : unquote(line.value);
}

/** All values of a key. */
export function readTexts(conversion: Conversion, key: string): string[] {
  return readLines(conversion, key).map(({ value }) => value);
}

/** All lines of a key that count. */
export function readLines({ quadlet, section }: Conversion, key: string): UnitLine[] {
  return linesOf(quadlet.unit, section, key);
}

/** The words of all values of a key, a backslash being a letter like others. */
export function readWords(conversion: Conversion, key: string): string[] {
  return readLines(conversion, key).flatMap((line) => wordsOf(conversion, line, false));
}

/** The words of all values of a key, with escape sequences. */
export function readArguments(conversion: Conversion, key: string): string[] {
  return readLines(conversion, key).flatMap((line) => wordsOf(conversion, line, true));
}

/** The words of the last value of a key, with escape sequences. */
export function readCommand(conversion: Conversion, key: string): string[] {
  const line = lastLineOf(conversion.quadlet.unit, conversion.section, key);
  return line === undefined ? [] : wordsOf(conversion, line, true);
}

/** The last value of a key as a boolean; undefined when it is missing. What is none is a problem. */
export function readFlag(conversion: Conversion, key: string): boolean | undefined {
  const line = lastLineOf(conversion.quadlet.unit, conversion.section, key);
  if (line === undefined || line.value === '') return undefined;
  const value = parseFlag(unquote(line.value));
  if (value === undefined) conversion.problems.push(problemAt(line, `"${line.value}" is neither yes nor no`));
  return value;
}

/** `yes`, `true`, `on`, `1` and their opposites (systemd.syntax(7)), in any case; undefined for other texts. */
export function parseFlag(text: string): boolean | undefined {
  if (/^(1|y|yes|t|true|on)$/i.test(text)) return true;
  return /^(0|n|no|f|false|off)$/i.test(text) ? false : undefined;
}

/**
 * The `NAME=value` words of all values of a key, each name once with its last value, sorted. A word without `=` has an undefined
 * value; one after others on its line is most likely a piece of a value that lacks its quotes, and a warning.
 */
export function readPairs(conversion: Conversion, key: string): [string, string | undefined][] {
  const pairs = new Map<string, string | undefined>();
  for (const line of readLines(conversion, key)) {
    let isAfterPair = false;
    for (const word of wordsOf(conversion, line, true)) {
      const equals = word.indexOf('=');
      if (equals === 0) conversion.problems.push(problemAt(line, `"${word}" has no name before "="`));
      if (equals < 0 && isAfterPair)
        conversion.problems.push(problemAt(line, looseWord(line, word), 'warning'));
      isAfterPair ||= equals > 0;
      if (equals !== 0)
        pairs.set(equals < 0 ? word : word.slice(0, equals), equals < 0 ? undefined : word.slice(equals + 1));
    }
  }
  return [...pairs].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The value without double quotes around it, unless there are more within. */
export function unquote(value: string): string {
  return /^"[^"]*"$/.test(value) ? value.slice(1, -1) : value;
}

function wordsOf({ problems }: Conversion, line: UnitLine, escapes: boolean): string[] {
  try {
    return splitWords(line.value, { escapes });
  } catch (error) {
    problems.push(problemAt(line, describeError(error)));
    return [];
  }
}

function looseWord({ key }: UnitLine, word: string): string {
  return `"${word}" has no "=": a value with spaces needs quotes, ${key}="NAME=value with spaces"`;
}
