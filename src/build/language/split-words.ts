import { wordOf } from './source-line';
import type { SourceLine } from './source-line';
import type { RawWord } from './types';

/** The words from `start` on, divided at blanks; quotes mean nothing. */
export function splitAtBlanks(line: SourceLine, start: number): RawWord[] {
  const words = [...line.text.slice(start).matchAll(/[^\t\v\f\r ]+/g)];
  return words.map((match) => wordOf(line, start + match.index, start + match.index + match[0].length));
}

/** The words from `start` on, divided at blanks that are neither quoted nor escaped; quotes stay. */
export function splitQuoted(line: SourceLine, start: number, escape: string): RawWord[] {
  const words: RawWord[] = [];
  const { text } = line;
  for (let offset = start; offset < text.length;) {
    if (/\s/.test(text[offset] as string)) {
      offset++;
      continue;
    }
    const end = endOfWord(text, offset, escape);
    const raw = text.slice(offset, end);
    const isOpen = end === text.length && raw.endsWith(escape) && !raw.endsWith(escape + escape);
    words.push(wordOf(line, offset, end, isOpen ? raw.slice(0, -1) : raw));
    offset = end;
  }
  return words;
}

function endOfWord(text: string, start: number, escape: string): number {
  let quote = '';
  let offset = start;
  for (; offset < text.length; offset++) {
    const char = text[offset] as string;
    if (char === escape && quote !== "'") offset++;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (/\s/.test(char)) break;
  }
  return Math.min(offset, text.length);
}

/** A word divided at its first `=`; undefined: it has none. */
export function splitPair({ raw, at }: RawWord): [RawWord, RawWord] | undefined {
  const equals = raw.indexOf('=');
  if (equals < 0) return undefined;
  const value = raw.slice(equals + 1);
  const column = Math.min(at.column + equals + (value === '' ? 0 : 1), at.text.length);
  return [
    { raw: raw.slice(0, equals), at: { ...at, length: Math.max(1, equals) } },
    { raw: value, at: { ...at, column, length: Math.max(1, at.length - equals - 1) } },
  ];
}
