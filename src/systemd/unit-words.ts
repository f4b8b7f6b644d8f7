import { TspodError } from '../lib/errors';

/** Escape sequences of one letter (systemd.syntax(7), "Quoting"). */
const LETTERS: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
  s: ' ',
};
const NUMBERS = /(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/y;

/**
 * The words of a value: white space separates them, single and double quotes keep it. `escapes` says whether a backslash begins an
 * escape sequence, as in ExecStart=, or is a letter like others, as in WantedBy=. Throws 'invalid' for a quote that is not
 * closed and for an escape sequence that does not exist.
 */
export function splitWords(text: string, { escapes }: { escapes: boolean }): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length;) {
    const letter = text[at] as string;
    if (letter === '\\' && escapes) {
      const { value, length } = escapeAt(text, at);
      word = (word ?? '') + value;
      at += length;
      continue;
    }
    at++;
    if (quote !== '') {
      if (letter === quote) quote = '';
      else word = (word ?? '') + letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + letter;
  }
  if (quote !== '') throw new TspodError('invalid', `the quote ${quote} in "${text}" is not closed`);
  return word === undefined ? words : [...words, word];
}

function escapeAt(text: string, at: number): { value: string; length: number } {
  const letter = LETTERS[text[at + 1] ?? ''];
  if (letter !== undefined) return { value: letter, length: 2 };
  NUMBERS.lastIndex = at + 1;
  const match = NUMBERS.exec(text);
  const [all, two, four, eight, octal] = match ?? [];
  const code = octal === undefined ? parseInt(two ?? four ?? eight ?? '', 16) : parseInt(octal, 8);
  if (all !== undefined && code > 0 && code <= (octal === undefined ? 0x10ffff : 255))
    return { value: String.fromCodePoint(code), length: all.length + 1 };
  const shown = text.slice(at, at + 2);
  throw new TspodError('invalid', `"${shown}" is not an escape sequence: write "\\\\" for a backslash`);
}

/**
 * Words as one value that splitWords() takes apart again: those with white space, quotes or backslashes get quotes, and so does a
 * semicolon, which would begin another command.
 */
export function joinWords(words: readonly string[]): string {
  return words.map((word) => (/[\s\p{Cc}"'\\]|^;?$/u.test(word) ? quoteWord(word) : word)).join(' ');
}

/** The word in double quotes. */
export function quoteWord(word: string): string {
  const escaped = word.replace(/[\p{Cc}"\\]/gu, (letter) => {
    const known = Object.entries(LETTERS).find(([, value]) => value === letter);
    return known ? `\\${known[0]}` : `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `"${escaped}"`;
}

/** The word for a unit in which it shall mean itself: `%` begins no specifier, `$` no variable. */
export function escapeSpecial(word: string): string {
  return word.replaceAll('%', '%%').replaceAll('$', '$$$$');
}
