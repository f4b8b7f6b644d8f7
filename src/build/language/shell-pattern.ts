/** Of a pattern, what a regular expression would take otherwise. */
const SPECIAL = /[[\]{}.+()|^$]/;

/** How a shell pattern is to match. */
export interface PatternStyle {
  /** Whether `*` takes as much as it can. */
  greedy: boolean;
  /** Whether it must match from the beginning on. */
  anchored: boolean;
}

/**
 * The regular expression of a shell pattern with `*`, `?` and `\`; brackets stand for themselves. Throws for another
 * character after `\`. Source: BuildKit, convertShellPatternToRegex.
 */
export function shellPattern(pattern: string, { greedy, anchored }: PatternStyle): RegExp {
  const chars = [...pattern];
  let source = anchored ? '^' : '';
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] as string;
    if (char === '*') source += greedy ? '.*' : '.*?';
    else if (char === '?') source += '.';
    else if (char === '\\') source += escaped(chars[++at]);
    else source += SPECIAL.test(char) ? `\\${char}` : char;
  }
  return new RegExp(source, 'u');
}

/** `\}` and `\/` only keep the substitution open. */
function escaped(next: string | undefined): string {
  if (next === '}') return '\\}';
  if (next === '/') return '\\/';
  if (next === '*' || next === '?' || next === '\\') return `\\${next}`;
  throw new Error(`invalid escape "\\${next ?? ''}"`);
}

/** `value` without what `pattern` matches at its beginning. */
export function trimPrefix(pattern: string, value: string, greedy: boolean): string {
  const match = shellPattern(pattern, { greedy, anchored: true }).exec(value);
  return match === null ? value : value.slice(match[0].length);
}

/** `value` without what `pattern` matches at its end. The shortest match at an end is found from behind. */
export function trimSuffix(pattern: string, value: string, greedy: boolean): string {
  return reverse(trimPrefix(reversePattern(pattern), reverse(value), greedy));
}

function reverse(text: string): string {
  return [...text].reverse().join('');
}

function reversePattern(pattern: string): string {
  return [...pattern.matchAll(/\\.|./gsu)]
    .map(([part]) => part)
    .reverse()
    .join('');
}
