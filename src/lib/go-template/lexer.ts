/** The kinds of token in an action; `text` is what stands outside, `error` ends the stream. */
export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'word'
  | 'keyword'
  | 'field'
  | 'variable'
  | 'dot'
  | 'number'
  | 'string'
  | 'char'
  | '|'
  | '('
  | ')'
  | ','
  | '='
  | ':='
  | 'error'
  | 'end';

export interface Token {
  kind: TokenKind;
  text: string;
  pos: number;
}

const KEYWORDS = new Set('block break continue define else end if nil range template with'.split(' '));

/** The patterns of an action's tokens, tried in this order where the one before ended. */
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /[ \t\r\n]+/y],
  [':=', /:=/y],
  ['=', /=/y],
  ['|', /\|/y],
  ['(', /\(/y],
  [')', /\)/y],
  [',', /,/y],
  ['string', /"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`/y],
  ['char', /'(?:[^'\\\n]|\\[^\n])+'/y],
  [
    'number',
    /[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y,
  ],
  ['variable', /\$[\p{L}\p{N}_]*/uy],
  ['field', /\.[\p{L}\p{N}_]+/uy],
  ['dot', /\./y],
  ['word', /[\p{L}_][\p{L}\p{N}_]*/uy],
];

/** The tokens of a template; the last is `end`, or `error` with the message as its text. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trimNext = false;
  while (at < text.length) {
    const open = text.indexOf('{{', at);
    const until = open < 0 ? text.length : open;
    const trims = open >= 0 && /^-[ \t\r\n]/.test(text.slice(open + 2, open + 4));
    pushText(tokens, { text: text.slice(at, until), pos: at }, { left: trimNext, right: trims });
    if (open < 0) break;
    const inside = open + 2 + (trims ? 2 : 0);
    const end = text.startsWith('/*', inside)
      ? skipComment(tokens, text, inside)
      : readAction(tokens, text, { open, inside });
    if (end === undefined) return tokens;
    ({ at, trimNext } = end);
  }
  tokens.push({ kind: 'end', text: '', pos: text.length });
  return tokens;
}

interface ActionEnd {
  at: number;
  trimNext: boolean;
}

function pushText(
  tokens: Token[],
  piece: { text: string; pos: number },
  trim: { left: boolean; right: boolean },
): void {
  let { text, pos } = piece;
  if (trim.left) {
    const trimmed = text.replace(/^[ \t\r\n]+/, '');
    pos += text.length - trimmed.length;
    text = trimmed;
  }
  if (trim.right) text = text.replace(/[ \t\r\n]+$/, '');
  if (text !== '') tokens.push({ kind: 'text', text, pos });
}

function skipComment(tokens: Token[], text: string, inside: number): ActionEnd | undefined {
  const end = text.indexOf('*/', inside);
  if (end < 0) return fail(tokens, 'unclosed comment', inside);
  const close = closeAt(text, end + 2);
  return close ?? fail(tokens, 'comment ends before closing delimiter', inside);
}

function readAction(
  tokens: Token[],
  text: string,
  from: { open: number; inside: number },
): ActionEnd | undefined {
  tokens.push({ kind: 'open', text: '{{', pos: from.open });
  let at = from.inside;
  let depth = 0;
  for (;;) {
    const close = closeAt(text, at);
    if (close !== undefined) {
      if (depth > 0) return fail(tokens, 'unclosed left paren', at);
      tokens.push({ kind: 'close', text: '}}', pos: at });
      return close;
    }
    const token = readToken(text, at);
    if (token.kind === 'error') return fail(tokens, token.text, at);
    if (token.kind === '(') depth++;
    if (token.kind === ')' && --depth < 0) return fail(tokens, 'unexpected right paren', at);
    tokens.push(token);
    at += token.text.length;
  }
}

/** The end of an action at this place: `}}`, or a blank and `-}}`, which trims the text that follows. */
function closeAt(text: string, at: number): ActionEnd | undefined {
  if (text.startsWith('}}', at)) return { at: at + 2, trimNext: false };
  const trimming = /[ \t\r\n]-\}\}/y;
  trimming.lastIndex = at;
  return trimming.test(text) ? { at: at + 4, trimNext: true } : undefined;
}

function readToken(text: string, at: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) continue;
    let found = match[0];
    // A blank before `-}}` belongs to the end of the action.
    if (kind === 'space' && text.startsWith('-}}', at + found.length) && found.length > 1)
      found = found.slice(0, -1);
    return { kind: kind === 'word' && KEYWORDS.has(found) ? 'keyword' : kind, text: found, pos: at };
  }
  return { kind: 'error', text: badToken(text, at), pos: at };
}

function badToken(text: string, at: number): string {
  if (at >= text.length) return 'unclosed action';
  const char = String.fromCodePoint(text.codePointAt(at) as number);
  if (char === '"') return 'unterminated quoted string';
  if (char === '`') return 'unterminated raw quoted string';
  if (char === "'") return 'unterminated character constant';
  if (char === ':') return 'expected :=';
  const code = (char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0');
  return `unexpected bad character U+${code} '${char}'`.replace('unexpected ', '');
}

function fail(tokens: Token[], message: string, pos: number): undefined {
  tokens.push({ kind: 'error', text: message, pos });
  return undefined;
}
