import { TspodError, describeError } from '../lib/errors';
import { keyOfLine } from './find-key';

/** The error of a file that cannot be read or is no TOML, with the place and the key where the parser stopped. */
export function tomlError(
  { path, text }: { path: string; text: string },
  cause: unknown,
  hint: string,
): TspodError {
  const reason = describeError(cause).split('\n')[0];
  return new TspodError('invalid', `reading "${path}"${position(cause, text)}: ${reason}`, { hint, cause });
}

function position(error: unknown, text: string): string {
  const { line, column } = error as { line?: number; column?: number };
  if (line === undefined) return '';
  const key = keyOfLine(text.split('\n')[line - 1]);
  return `, line ${line}, column ${column}${key === undefined ? '' : `, key ${key}`}`;
}
