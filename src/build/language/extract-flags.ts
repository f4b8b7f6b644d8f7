import { rangeOf } from './source-line';
import type { SourceLine } from './source-line';
import type { SourceRange } from './types';

/** One `--name=value` between an instruction and its arguments. */
export interface Flag {
  /** Without dashes. */
  name: string;
  /** Quotes and escapes are gone; undefined without `=`. */
  value: string | undefined;
  at: SourceRange;
  /** Where the value stands; the name where there is none. */
  valueAt: SourceRange;
}

/** The flags from `start` on, and where the arguments begin: at the first word that does not begin with `--`. */
export function extractFlags(
  line: SourceLine,
  start: number,
  escape: string,
): { flags: Flag[]; rest: number } {
  const flags: Flag[] = [];
  let offset = skipBlanks(line.text, start);
  while (line.text.startsWith('--', offset)) {
    const { end, word } = takeWord(line.text, offset, escape);
    if (word === '--') return { flags, rest: skipBlanks(line.text, end) };
    flags.push(makeFlag(line, offset, end, word));
    offset = skipBlanks(line.text, end);
  }
  return { flags, rest: offset };
}

function skipBlanks(text: string, from: number): number {
  let offset = from;
  while (offset < text.length && /\s/.test(text[offset] as string)) offset++;
  return offset;
}

/** A word up to a blank that is neither quoted nor escaped. */
function takeWord(text: string, start: number, escape: string): { end: number; word: string } {
  let word = '';
  let quote = '';
  let offset = start;
  for (; offset < text.length; offset++) {
    const char = text[offset] as string;
    if (char === escape) word += text[++offset] ?? '';
    else if (quote !== '' && char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (quote === '' && /\s/.test(char)) break;
    else word += char;
  }
  return { end: Math.min(offset, text.length), word };
}

function makeFlag(line: SourceLine, start: number, end: number, word: string): Flag {
  const equals = word.indexOf('=');
  const name = word.slice(2, equals < 0 ? undefined : equals);
  const at = rangeOf(line, start, end - start);
  if (equals < 0) return { name, value: undefined, at, valueAt: at };
  const from = Math.min(line.text.indexOf('=', start) + 1, end);
  return { name, value: word.slice(equals + 1), at, valueAt: rangeOf(line, from, Math.max(1, end - from)) };
}
