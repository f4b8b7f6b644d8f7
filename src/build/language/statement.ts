import { extractFlags } from './extract-flags';
import type { Flag } from './extract-flags';
import { languageError } from './language-error';
import { rangeOf } from './source-line';
import type { SourceLine } from './source-line';
import type { ReadInstruction } from './read-lines';
import type { BuildWarning, Heredoc, SourceRange } from './types';

/** An instruction divided into keyword, flags and arguments. */
export interface Statement {
  /** Upper case. */
  keyword: string;
  /** Where the keyword stands. */
  at: SourceRange;
  line: SourceLine;
  flags: Flag[];
  /** Where the arguments begin in the line. */
  start: number;
  /** The arguments, without blanks around them. */
  text: string;
  heredocs: Heredoc[];
  endLine: number;
  escape: '\\' | '`';
  /** Gets what works and is probably not meant. */
  warnings: BuildWarning[];
}

/** Divides what was read. */
export function makeStatement(
  { line: whole, heredocs, endLine }: ReadInstruction,
  { escape, warnings }: Pick<Statement, 'escape' | 'warnings'>,
): Statement {
  const line = { ...whole, text: whole.text.trimEnd() };
  const [all = '', blanks = '', word = ''] = /^(\s*)(\S*)/.exec(line.text) ?? [];
  const { flags, rest } = extractFlags(line, all.length, escape);
  return {
    keyword: word.toUpperCase(),
    at: rangeOf(line, blanks.length, word.length),
    line,
    flags,
    start: rest,
    text: line.text.slice(rest),
    heredocs,
    endLine,
    escape,
    warnings,
  };
}

/** What every instruction has. */
export function baseOf({ at, endLine, line }: Statement): {
  at: SourceRange;
  endLine: number;
  source: string;
} {
  return { at, endLine, source: line.text.trim() };
}

/** Where the arguments stand; the keyword where there are none. */
export function argumentsAt({ at, line, start, text }: Statement): SourceRange {
  return text === '' ? at : rangeOf(line, start, text.length);
}

/** The error of an instruction without arguments, with an example of it. */
export function missingArguments(statement: Statement, example: string): Error {
  return languageError(statement.at, `${statement.keyword} needs arguments`, `write it as in: ${example}`);
}
