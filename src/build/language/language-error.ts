import { TspodError } from '../../lib/errors';
import type { SourceRange } from './types';

/** The error about a place in a Containerfile: `FILE:LINE:COLUMN: message`, with the line and a mark below it. */
export function languageError(at: SourceRange, message: string, hint?: string): TspodError {
  return new TspodError('invalid', `${describePlace(at)}: ${message}`, {
    excerpt: excerptOf(at),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** `error` as one about a place: its message, hint and exit status stay. */
export function errorAt(at: SourceRange, error: TspodError): TspodError {
  return new TspodError(error.code, `${describePlace(at)}: ${error.message}`, {
    excerpt: [...excerptOf(at), ...error.excerpt],
    exitCode: error.exitCode,
    cause: error,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
}

/** `FILE:LINE:COLUMN`. */
export function describePlace({ file, line, column }: SourceRange): string {
  return `${file}:${line}:${column}`;
}

/** The line with its number, and a mark below what is meant. Tabs become spaces, so that the mark fits. */
function excerptOf({ line, column, length, text }: SourceRange): string[] {
  const number = String(line);
  const shown = text.replaceAll('\t', ' ');
  const mark = '^'.repeat(Math.max(1, Math.min(length, shown.length - column + 1)));
  return [`  ${number} | ${shown}`, `  ${' '.repeat(number.length)} | ${' '.repeat(column - 1)}${mark}`];
}
