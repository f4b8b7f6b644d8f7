/** One line of an ignore file. */
export interface IgnorePattern {
  /** As it was cleaned, without `!`. */
  text: string;
  /** `!`: what matches is in the context again. */
  isException: boolean;
  matches(path: string): boolean;
}

/**
 * A pattern of its cleaned text: `*` and `?` without `/`, `**` with any number of directories, brackets, `\`. Throws a
 * SyntaxError for a malformed one. Source: moby/patternmatcher.
 */
export function compilePattern(text: string, isException: boolean): IgnorePattern {
  const { source, isPlain } = toRegExp(text);
  const matcher = new RegExp(`^${source}$`, 'su');
  return { text, isException, matches: isPlain ? (path) => path === text : (path) => matcher.test(path) };
}

function toRegExp(text: string): { source: string; isPlain: boolean } {
  const chars = [...text];
  let source = '';
  let isPlain = true;
  for (let at = 0; at < chars.length;) {
    const { part, length, isLiteral } = nextPart(chars, at);
    source += part;
    at += length;
    isPlain &&= isLiteral;
  }
  return { source, isPlain };
}

interface Part {
  part: string;
  length: number;
  isLiteral: boolean;
}

function nextPart(chars: string[], at: number): Part {
  const char = chars[at] as string;
  if (char === '*' && chars[at + 1] === '*') return anyDirectories(chars, at);
  if (char === '*') return { part: '[^/]*', length: 1, isLiteral: false };
  if (char === '?') return { part: '[^/]', length: 1, isLiteral: false };
  if (char === '[') return characterClass(chars, at);
  if (char === '\\') return { part: literal(escaped(chars, at)), length: 2, isLiteral: false };
  return { part: literal(char), length: 1, isLiteral: true };
}

/** `**` and a slash after it. Before plain text at the beginning it takes the beginning of a name too, as moby has it. */
function anyDirectories(chars: string[], at: number): Part {
  const length = chars[at + 2] === '/' ? 3 : 2;
  const rest = chars.slice(at + length).join('');
  const isSuffix = at === 0 && length === 2 && !/[*?\\[\]]/.test(rest);
  return { part: rest === '' || isSuffix ? '.*' : '(?:.*/)?', length, isLiteral: false };
}

/** `[abc]`, `[^abc]`, `[a-z]`, as Go's filepath.Match has them. */
function characterClass(chars: string[], at: number): Part {
  const isNegated = chars[at + 1] === '^';
  let end = at + (isNegated ? 2 : 1);
  let members = '';
  do {
    const low = takeMember(chars, end);
    end += low.length;
    members += low.part;
    if (chars[end] !== '-') continue;
    const high = takeMember(chars, end + 1);
    members += `-${high.part}`;
    end += 1 + high.length;
  } while (chars[end] !== ']');
  return { part: `(?!/)[${isNegated ? '^' : ''}${members}]`, length: end - at + 1, isLiteral: false };
}

function takeMember(chars: string[], at: number): { part: string; length: number } {
  const char = chars[at];
  if (char === undefined) throw new SyntaxError('"[" is not closed');
  if (char === '-' || char === ']') throw new SyntaxError(`"${char}" in brackets needs a "\\" before it`);
  const member = char === '\\' ? escaped(chars, at) : char;
  return { part: /[\]\\^[-]/.test(member) ? `\\${member}` : member, length: char === '\\' ? 2 : 1 };
}

function escaped(chars: string[], at: number): string {
  const next = chars[at + 1];
  if (next === undefined) throw new SyntaxError('there is nothing after "\\"');
  return next;
}

function literal(char: string): string {
  return /[.*+?^${}()|[\]\\/]/.test(char) ? `\\${char}` : char;
}
