import { parseDirectives } from './directives';
import { findHeredocs } from './heredoc';
import { isJsonList } from './json-list';
import { languageError } from './language-error';
import { extractFlags } from './extract-flags';
import { restOf } from './source-line';
import type { SourceLine } from './source-line';
import type { BuildWarning, Directives, Heredoc } from './types';

/** One instruction as it stands in the file. */
export interface ReadInstruction {
  line: SourceLine;
  heredocs: Heredoc[];
  /** Number of the last line. */
  endLine: number;
}

/** A file in lines and instructions. */
export interface ReadFile {
  directives: Directives;
  instructions: ReadInstruction[];
  warnings: BuildWarning[];
}

/** Where reading is. */
interface Reader {
  file: string;
  /** With their ends. */
  raw: string[];
  /** Without. */
  lines: string[];
  /** The next line, from 0. */
  next: number;
  directives: Directives;
  warnings: BuildWarning[];
}

/** Joins continuation lines, leaves comments out, and gives here-documents to their instructions. Error `invalid`. */
export function readLines(text: string, file: string): ReadFile {
  const raw = text.replace(/^\uFEFF/, '').split(/(?<=\n)/);
  const lines = raw.map((line) => line.replace(/[\r\n]+$/, ''));
  const directives = parseDirectives(lines, file);
  const reader: Reader = { file, raw, lines, next: 0, directives, warnings: [] };
  const instructions: ReadInstruction[] = [];
  while (reader.next < lines.length) {
    const line = readInstruction(reader);
    if (line.text.trim() === '') continue;
    const heredocs = readHeredocs(reader, line);
    instructions.push({ line, heredocs, endLine: reader.next });
  }
  return { directives, instructions, warnings: reader.warnings };
}

/** The next instruction; empty for a blank line or a comment. */
function readInstruction(reader: Reader): SourceLine {
  const pieces: SourceLine['pieces'][number][] = [];
  let text = '';
  let emptyLine: number | undefined;
  for (let isOpen = true; isOpen && reader.next < reader.lines.length;) {
    const whole = reader.lines[reader.next++] as string;
    const isFirst = pieces.length === 0;
    if (whole.trimStart().startsWith('#')) {
      if (isFirst) break;
      continue;
    }
    if (!isFirst && whole.trim() === '') {
      emptyLine ??= reader.next;
      continue;
    }
    const column = isFirst ? whole.length - whole.trimStart().length : 0;
    const { body, isContinued } = cutContinuation(whole.slice(column), reader.directives.escape);
    pieces.push({ offset: text.length, line: reader.next, column });
    text += body;
    isOpen = isContinued;
  }
  const line = { text, file: reader.file, lines: reader.lines, pieces };
  if (emptyLine !== undefined) warnOfEmptyLine(reader, emptyLine);
  return line;
}

/** The escape character at the end of a line, unless it is escaped itself. */
function cutContinuation(text: string, escape: string): { body: string; isContinued: boolean } {
  const body = text.replace(/[ \t]+$/, '');
  if (!body.endsWith(escape) || body.at(-2) === escape) return { body: text, isContinued: false };
  return { body: body.slice(0, -1), isContinued: true };
}

function warnOfEmptyLine({ file, lines, warnings }: Reader, line: number): void {
  const at = { file, line, column: 1, length: 1, text: lines[line - 1] ?? '' };
  warnings.push({ message: 'empty line inside an instruction', at });
}

function readHeredocs(reader: Reader, line: SourceLine): Heredoc[] {
  if (!line.text.includes('<<') || !mayHaveHeredocs(line, reader.directives.escape)) return [];
  return findHeredocs(line).map((heredoc) => ({ ...heredoc, content: readContent(reader, heredoc) }));
}

/** `RUN`, `COPY` and `ADD`, also behind `ONBUILD`, in shell form. */
function mayHaveHeredocs(line: SourceLine, escape: string): boolean {
  const onbuild = /^\s*onbuild\s+/i.exec(line.text);
  if (onbuild) return mayHaveHeredocs(restOf(line, onbuild[0].length), escape);
  const keyword = /^\s*(?:run|copy|add)\s+/i.exec(line.text);
  if (!keyword) return false;
  const { rest } = extractFlags(line, keyword[0].length, escape);
  return !isJsonList(line.text.slice(rest));
}

function readContent(reader: Reader, { name, chomp, at }: Heredoc): string {
  const start = reader.next;
  let content = '';
  while (reader.next < reader.lines.length) {
    const index = reader.next++;
    const line = reader.lines[index] as string;
    const isEnd = (chomp ? line.replace(/^\t+/, '') : line) === name;
    if (isEnd) return content;
    content += chomp ? (reader.raw[index] as string).replace(/^\t+/, '') : (reader.raw[index] as string);
  }
  const near = reader.lines.findIndex((line, index) => index >= start && line.trim() === name);
  const hint = near < 0 ? `end it with a line that is only ${name}` : nearMiss(name, near + 1);
  throw languageError(at, `the here-document "${name}" does not end`, hint);
}

function nearMiss(name: string, line: number): string {
  return `line ${line} has blanks beside ${name}: take them away, or write <<-${name} where they are tabs before it`;
}
