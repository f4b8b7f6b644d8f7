import { readFlags } from './flag-values';
import { languageError } from './language-error';
import { wordOf } from './source-line';
import { splitPair, splitQuoted } from './split-words';
import { baseOf, missingArguments } from './statement';
import type { Statement } from './statement';
import type { ArgInstruction, Pair, PairsInstruction, RawWord } from './types';

/** `ENV` and `LABEL`: `KEY=VALUE ...`, or the old form `KEY VALUE`, whose value is the rest of the line. */
export function parsePairs(statement: Statement): PairsInstruction<RawWord> {
  readFlags(statement, {});
  const { keyword, line, start, escape } = statement;
  const words = splitQuoted(line, start, escape);
  const [first] = words;
  if (first === undefined) throw missingArguments(statement, `${keyword} NAME=value`);
  const isOld = !first.raw.includes('=');
  const pairs = isOld ? [oldPair(statement)] : words.map((word) => pairOf(word, keyword));
  return { ...baseOf(statement), kind: keyword === 'ENV' ? 'env' : 'label', pairs };
}

function oldPair({ keyword, line, start, text }: Statement): Pair<RawWord> {
  const [, key = '', blanks = '', value = ''] = /^([^\t\v\f\r ]+)([\t\v\f\r ]*)(.*)$/s.exec(text) ?? [];
  const word = wordOf(line, start, start + key.length);
  if (value === '')
    throw languageError(word.at, `${keyword} ${key} has no value`, `write ${keyword} ${key}=value`);
  const from = start + key.length + blanks.length;
  return { key: word, value: wordOf(line, from, from + value.length) };
}

function pairOf(word: RawWord, keyword: string): Pair<RawWord> {
  const [key, value] = splitPair(word) ?? [];
  if (key === undefined || value === undefined) {
    const hint = `put values with blanks in quotes: ${keyword} NAME="a value"`;
    throw languageError(word.at, `"=" is missing in "${word.raw}"`, hint);
  }
  if (key.raw === '') throw languageError(word.at, `there is no name before "=" in "${word.raw}"`);
  return { key, value };
}

/** `ARG`. */
export function parseArg(statement: Statement): ArgInstruction<RawWord> {
  readFlags(statement, {});
  const words = splitQuoted(statement.line, statement.start, statement.escape);
  if (words.length === 0) throw missingArguments(statement, 'ARG VERSION=1.0');
  return { ...baseOf(statement), kind: 'arg', args: words.map(argumentOf) };
}

function argumentOf(word: RawWord): { name: RawWord; value?: RawWord } {
  const [name, value] = splitPair(word) ?? [];
  if (name === undefined || value === undefined) return { name: word };
  if (name.raw === '') throw languageError(word.at, `there is no name before "=" in "${word.raw}"`);
  return { name, value };
}
