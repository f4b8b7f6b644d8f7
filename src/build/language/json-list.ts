import { languageError } from './language-error';
import { rangeOf, wordOf } from './source-line';
import type { SourceLine } from './source-line';
import type { RawWord } from './types';

/**
 * The words of a JSON array of strings that the line is from `start` on; undefined: it is none, but text for the shell.
 * Error `invalid`: an array of something else.
 */
export function parseJsonList(line: SourceLine, start: number): RawWord[] | undefined {
  const list = readList(line.text.slice(start));
  if (list === undefined) return undefined;
  const tokens = [...line.text.slice(start).matchAll(/"(?:[^"\\]|\\.)*"/g)];
  return list.map((value, index) => {
    if (typeof value !== 'string') {
      const at = rangeOf(line, start, line.text.length - start);
      throw languageError(
        at,
        `${JSON.stringify(value)} in the array is no string`,
        'put it in double quotes',
      );
    }
    const offset = start + (tokens[index]?.index ?? 0);
    return wordOf(line, offset, offset + (tokens[index]?.[0].length ?? 1), value);
  });
}

/** Whether text is a JSON array. */
export function isJsonList(text: string): boolean {
  return readList(text) !== undefined;
}

function readList(text: string): unknown[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const value = JSON.parse(text) as unknown;
    return Array.isArray(value) ? (value as unknown[]) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether text for the shell was probably meant to be a JSON array: single quotes, a comma too many. */
export function looksLikeJsonList(text: string): boolean {
  return /^\[\s*(['"]).*\1?\s*,?\s*\]$/s.test(text.trim());
}
