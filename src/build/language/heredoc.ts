import { expandText } from './expand-text';
import { rangeOf } from './source-line';
import type { SourceLine } from './source-line';
import type { Heredoc } from './types';

const NOTHING: ReadonlyMap<string, string> = new Map();
const OPENING = /^(\d*)<<(-?)([^<]*)$/;

/** What begins a here-document, as far as its word tells. */
export type HeredocOpening = Pick<Heredoc, 'name' | 'expand' | 'chomp' | 'descriptor'>;

/** The here-document that a word such as `<<EOF`, `<<-"EOF"` or `3<<EOF` begins; undefined: none. */
export function parseHeredocWord(word: string): HeredocOpening | undefined {
  const [, descriptor = '', dash, rest = ''] = OPENING.exec(word) ?? [];
  if (rest === '') return undefined;
  const style = { escape: '\\', keepUnset: true } as const;
  const [name, ...others] = expandText(rest, NOTHING, style).words;
  if (name === undefined || others.length > 0) return undefined;
  const [raw = ''] = expandText(rest, NOTHING, { ...style, rawQuotes: true }).words;
  return {
    name,
    expand: countQuotes(raw) === countQuotes(name),
    chomp: dash === '-',
    descriptor: Number(descriptor),
  };
}

function countQuotes(text: string): number {
  return text.replace(/[^'"]/g, '').length;
}

/** Those that an instruction begins, in their order, without content yet. Words in quotes begin none. */
export function findHeredocs(line: SourceLine): Heredoc[] {
  const openings = wordsOf(line.text).flatMap((word) => parseOpening(word) ?? []);
  let from = 0;
  return openings.map(({ word, ...opening }) => {
    const offset = Math.max(from, line.text.indexOf(word, from));
    from = offset + word.length;
    return { ...opening, content: '', at: rangeOf(line, offset, word.length) };
  });
}

function parseOpening(word: string): (HeredocOpening & { word: string }) | undefined {
  const opening = parseHeredocWord(word);
  return opening === undefined ? undefined : { ...opening, word };
}

/** None where quotes are not closed: that may be right for the shell. */
function wordsOf(text: string): string[] {
  try {
    const style = { escape: '\\', keepUnset: true, rawQuotes: true, rawEscapes: true } as const;
    return expandText(text, NOTHING, style).words;
  } catch {
    return [];
  }
}
