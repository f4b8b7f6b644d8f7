import { TspodError } from '../../lib/errors';
import { errorAt } from '../language/language-error';
import type { SourceRange } from '../language/types';

/** An error about a place that is none of a program of `RUN`: 126 and 127 are exit statuses of programs. */
export function engineErrorAt(at: SourceRange, error: TspodError): TspodError {
  const { code, message, hint, exitCode, excerpt } = error;
  if (exitCode !== 126 && exitCode !== 127) return errorAt(at, error);
  return errorAt(
    at,
    new TspodError(code, message, {
      ...(hint === undefined ? {} : { hint }),
      excerpt,
      exitCode: 125,
      cause: error,
    }),
  );
}
