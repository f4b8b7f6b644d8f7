/**
 * What went wrong, for programs. Exit codes follow Podman: 125 the engine failed, 126 the command cannot be run,
 * 127 it was not found.
 */
export type ErrorCode =
  /** Options or arguments that make no sense, or contradict another. */
  | 'usage'
  /** An option or command that is known and not supported. */
  | 'unsupported'
  /** A file, text or archive that is not what its format says. */
  | 'invalid'
  /** A container, image, volume or network that does not exist. */
  | 'not-found'
  /** A name or object that exists already. */
  | 'exists'
  /** Something else uses it. */
  | 'in-use'
  /** The object is not in a state in which this can be done. */
  | 'state'
  /** The machine lacks something: a program, a kernel feature, subordinate ids. */
  | 'machine'
  /** A registry does not let this user do it. */
  | 'denied'
  /** A registry cannot be reached, is overloaded or out of order: later it may work. */
  | 'network'
  /** A call of the operating system failed. */
  | 'system';

/** Further facts of an error. */
export interface ErrorDetails {
  /** The one command or step that mends it. */
  hint?: string;
  /** The exit status; 125 by default. */
  exitCode?: number;
  /** Lines of the text that is wrong, shown between message and hint. */
  excerpt?: readonly string[];
  cause?: unknown;
}

/** The one error class: says the action, the object and the cause, and how to mend it. */
export class TspodError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly exitCode: number;
  readonly excerpt: readonly string[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'TspodError';
    this.code = code;
    this.hint = details.hint;
    this.exitCode = details.exitCode ?? 125;
    this.excerpt = details.excerpt ?? [];
  }
}

/** `error` again with `action` in front of its message; its code, hint and exit status stay. */
export function wrapError(action: string, error: unknown): TspodError {
  const message = `${action}: ${describeError(error)}`;
  if (!(error instanceof TspodError)) return new TspodError('system', message, { cause: error });
  const details: ErrorDetails = { exitCode: error.exitCode, excerpt: error.excerpt, cause: error };
  if (error.hint !== undefined) details.hint = error.hint;
  return new TspodError(error.code, message, details);
}

/** The message of anything thrown; for errors of the operating system without Node's prefix, path last. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) return error.message;
  const reason = error.message.replace(/^E[A-Z0-9]+: /, '').replace(/, \w+( '.*)?$/s, '');
  return path === undefined ? reason : `${path}: ${reason}`;
}

/** Whether `error` is one of the operating system with this code, such as `ENOENT`. */
export function isErrno(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** What `read` returns; undefined where it fails with `invalid`: for whoever can do without what is damaged. */
export function ifWhole<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TspodError && error.code === 'invalid') return undefined;
    throw error;
  }
}
