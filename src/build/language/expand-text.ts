import { shellPattern, trimPrefix, trimSuffix } from './shell-pattern';
import type { Variables } from './types';

/** How text is expanded. */
export interface ExpandStyle {
  escape: '\\' | '`';
  /** Quotes stay. */
  rawQuotes?: boolean;
  /** Escape characters stay. */
  rawEscapes?: boolean;
  /** Quotes are characters like others. */
  skipQuotes?: boolean;
  /** Variables without a value stay as they are written. */
  keepUnset?: boolean;
}

/** What text has become. */
export interface ExpandedText {
  text: string;
  /** The same, split at blanks that are neither quoted nor escaped. */
  words: string[];
  /** Names that have no value. */
  unset: string[];
}

/** Characters of the name of a variable. */
const LONGEST_NAME = 1000;

/** Where an expansion is. */
interface Scan {
  chars: readonly string[];
  at: number;
  variables: Variables;
  style: ExpandStyle;
  unset: string[];
}

/**
 * Takes quotes away and puts values in the place of variables, as BuildKit's shell.Lex does. Throws an Error with a
 * message for what is no expansion, and for `${x?}`.
 */
export function expandText(source: string, variables: Variables, style: ExpandStyle): ExpandedText {
  const scan: Scan = { chars: [...source], at: 0, variables, style, unset: [] };
  const { text, words } = expandUntil(scan, undefined, style.rawEscapes === true);
  return { text, words, unset: scan.unset };
}

/** Collects text, and words between blanks. */
class WordList {
  text = '';
  readonly words: string[] = [];
  private word = '';

  /** Blanks in it divide words. */
  add(part: string): void {
    this.text += part;
    for (const char of part) {
      if (!/\s/.test(char)) this.word += char;
      else this.end();
    }
  }

  /** Blanks in it do not. */
  addWhole(part: string): void {
    this.text += part;
    this.word += part;
  }

  end(): void {
    if (this.word !== '') this.words.push(this.word);
    this.word = '';
  }
}

/** Up to `stop`, which is taken, or to the end. */
function expandUntil(scan: Scan, stop: string | undefined, rawEscapes: boolean): WordList {
  const result = new WordList();
  while (scan.at < scan.chars.length) {
    const char = scan.chars[scan.at] as string;
    if (char === stop) {
      scan.at++;
      result.end();
      return result;
    }
    if (char === '$') result.add(expandDollar(scan));
    else if (char === "'" && !scan.style.skipQuotes) result.addWhole(singleQuoted(scan));
    else if (char === '"' && !scan.style.skipQuotes) result.addWhole(doubleQuoted(scan, rawEscapes));
    else if (char === scan.style.escape) result.addWhole(escaped(scan, rawEscapes));
    else result.add(scan.chars[scan.at++] as string);
  }
  if (stop !== undefined) throw new Error(`"${stop}" is missing`);
  result.end();
  return result;
}

function escaped(scan: Scan, rawEscapes: boolean): string {
  const next = scan.chars[scan.at + 1] ?? '';
  scan.at += 2;
  return (rawEscapes ? scan.style.escape : '') + next;
}

function singleQuoted(scan: Scan): string {
  const end = scan.chars.indexOf("'", scan.at + 1);
  if (end < 0) throw new Error('the single quote is not closed');
  const inner = scan.chars.slice(scan.at + 1, end).join('');
  scan.at = end + 1;
  return scan.style.rawQuotes ? `'${inner}'` : inner;
}

function doubleQuoted(scan: Scan, rawEscapes: boolean): string {
  const quote = scan.style.rawQuotes ? '"' : '';
  let text = quote;
  scan.at++;
  while (scan.at < scan.chars.length) {
    const char = scan.chars[scan.at] as string;
    if (char === '"') {
      scan.at++;
      return text + quote;
    }
    text += char === '$' ? expandDollar(scan) : quotedCharacter(scan, rawEscapes);
  }
  throw new Error('the double quote is not closed');
}

/** Between double quotes the escape character means itself, except before `"`, `$` and itself. */
function quotedCharacter(scan: Scan, rawEscapes: boolean): string {
  const { escape } = scan.style;
  const char = scan.chars[scan.at++] as string;
  if (char !== escape) return char;
  const next = scan.chars[scan.at];
  const kept = rawEscapes ? escape : '';
  if (next === undefined) return kept;
  if (next !== '"' && next !== '$' && next !== escape) return kept + char;
  scan.at++;
  return kept + next;
}

function expandDollar(scan: Scan): string {
  scan.at++;
  if (scan.chars[scan.at] !== '{') {
    const name = takeName(scan);
    if (name === '') return '$';
    return valueOf(scan, name) ?? (scan.style.keepUnset ? `$${name}` : '');
  }
  scan.at++;
  const first = scan.chars[scan.at];
  if (first === undefined) throw new Error('"}" is missing');
  if ('{}:'.includes(first)) throw new Error(`"\${${first}" is not a variable`);
  return substitute(scan, takeName(scan));
}

/** Letters, digits and `_`; or digits only; or one special parameter. */
function takeName(scan: Scan): string {
  const rest = scan.chars.slice(scan.at, scan.at + LONGEST_NAME).join('');
  const name = /^(?:\p{Nd}+|[@*#?$!-]|[\p{L}_][\p{L}\p{Nd}_]*)/u.exec(rest)?.[0] ?? '';
  scan.at += [...name].length;
  return name;
}

function valueOf(scan: Scan, name: string): string | undefined {
  const value = scan.variables.get(name);
  if (value === undefined) scan.unset.push(name);
  return value;
}

/** What `${name...}` stands for; the scan is behind the name. */
function substitute(scan: Scan, name: string): string {
  const operator = scan.chars[scan.at++];
  if (operator === undefined) throw new Error('"}" is missing');
  if (operator === '}') return valueOf(scan, name) ?? (scan.style.keepUnset ? `\${${name}}` : '');
  if (operator === '/') return replace(scan, name);
  const sign = operator === ':' ? scan.chars[scan.at++] : operator;
  if (sign === '#' || sign === '%') return trim(scan, name, sign);
  if (sign === '-' || sign === '+' || sign === '?') return choose(scan, name, operator === ':', sign);
  throw new Error(`"${operator === ':' ? ':' : ''}${sign ?? ''}" is no substitution: use -, +, ?, #, % or /`);
}

/** `:-`, `-`, `:+`, `+`, `:?` and `?`. */
function choose(scan: Scan, name: string, emptyIsUnset: boolean, sign: '-' | '+' | '?'): string {
  const { text: word } = expandUntil(scan, '}', false);
  const value = scan.variables.get(name);
  if (value === undefined && scan.style.keepUnset)
    return `\${${name}${emptyIsUnset ? ':' : ''}${sign}${word}}`;
  const isSet = value !== undefined && !(emptyIsUnset && value === '');
  if (sign === '-') return isSet ? value : word;
  if (sign === '+') return isSet ? word : '';
  if (isSet) return value;
  throw new Error(`${name}: ${word || `is not allowed to be ${value === undefined ? 'unset' : 'empty'}`}`);
}

/** `#`, `##`, `%` and `%%`. */
function trim(scan: Scan, name: string, sign: '#' | '%'): string {
  const { text } = expandUntil(scan, '}', true);
  const value = valueOf(scan, name);
  if (value === undefined) return scan.style.keepUnset ? `\${${name}${sign}${text}}` : '';
  const isGreedy = text.startsWith(sign);
  const pattern = isGreedy ? text.slice(1) : text;
  return sign === '%' ? trimSuffix(pattern, value, isGreedy) : trimPrefix(pattern, value, isGreedy);
}

/** `/` and `//`. */
function replace(scan: Scan, name: string): string {
  const isAll = scan.chars[scan.at] === '/';
  if (isAll) scan.at++;
  const { text: pattern } = expandUntil(scan, '/', true);
  const { text: replacement } = expandUntil(scan, '}', true);
  const value = valueOf(scan, name);
  if (value === undefined) return scan.style.keepUnset ? `\${${name}/${pattern}/${replacement}}` : '';
  const matcher = shellPattern(pattern, { greedy: true, anchored: false });
  return value.replace(isAll ? new RegExp(matcher, 'gu') : matcher, () => replacement);
}
