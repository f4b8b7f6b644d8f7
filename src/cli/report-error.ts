import { existsSync } from 'node:fs';
import { describeError, TspodError } from '../lib/errors';
import type { Output } from './define-command';
import { ClosedOutputError } from './output';

/** What a shell reports of a program that SIGPIPE ended. */
const BROKEN_PIPE = 141;
const ENGINE_FAILED = 125;

/**
 * Tells the user what went wrong, each error in one line with its hint below, and returns the exit status.
 * With `debug` the stacks follow.
 */
export function reportError(error: unknown, output: Output, debug: boolean): number {
  if (error instanceof ClosedOutputError) return BROKEN_PIPE;
  const errors = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  let status = 0;
  for (const each of errors) {
    output.note(`Error: ${escapeControls(messageOf(each))}`);
    if (each instanceof TspodError) each.excerpt.forEach((line) => output.note(escapeControls(line)));
    const hint = each instanceof TspodError ? each.hint : undefined;
    for (const line of hint?.split('\n') ?? []) output.note(hintLine(line));
    if (debug && each instanceof Error) output.note(stackOf(each));
    status ||= each instanceof TspodError ? each.exitCode : ENGINE_FAILED;
  }
  return status || ENGINE_FAILED;
}

function messageOf(error: unknown): string {
  const removed = removedContainer(error);
  if (removed !== undefined)
    return `container ${removed} has been removed by another command meanwhile: no such container`;
  if (error instanceof TspodError) return error.message;
  return isSystemError(error) ? describeError(error) : `internal error: ${describeError(error)}`;
}

/** The id of a container whose files a command missed, because its directory is gone. */
function removedContainer(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path } = error as NodeJS.ErrnoException;
  const [directory, id] = /^.*\/containers\/([0-9a-f]{64})(?=\/)/.exec(path ?? '') ?? [];
  if (code === 'ENOENT' && directory !== undefined && !existsSync(directory)) return id;
  return removedContainer(error.cause);
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && /^E[A-Z0-9]+$/.test(String((error as NodeJS.ErrnoException).code));
}

/** Pointers to the help and suggestions stand for themselves, as Podman prints them. */
function hintLine(line: string): string {
  const text = escapeControls(line);
  return /^(See|Try) '|^Did you mean/.test(text) ? text : `hint: ${text}`;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}

/** `text` with control characters spelled out, so that no name can move the cursor or forge a line. */
export function escapeControls(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (char) => {
    const short = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[char];
    const code = char.codePointAt(0) as number;
    return short ?? (code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`);
  });
}
