import { TspodError } from '../../lib/errors';

/**
 * Whether a name matches a pattern of Go's filepath.Match: `*`, `?`, `[a-z]`, `[^a]`, a backslash takes what follows as it is. A
 * leading dot is nothing special. Error `invalid`: a bracket that is not closed.
 */
export function nameMatcher(pattern: string): (name: string) => boolean {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] as string;
    if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '\\' && at + 1 < pattern.length) source += escape(pattern[++at] as string);
    else if (char === '[') {
      const end = pattern.indexOf(']', at + 2);
      if (end < 0) throw new TspodError('invalid', `"${pattern}": the bracket is not closed`);
      source += classOf(pattern.slice(at + 1, end));
      at = end;
    } else source += escape(char);
  }
  const expression = new RegExp(`^${source}$`, 'su');
  return (name) => expression.test(name);
}

function classOf(text: string): string {
  const isNegated = text.startsWith('^');
  const body = (isNegated ? text.slice(1) : text).replace(/\\(.)/gsu, '$1').replace(/[\\\]^[]/g, '\\$&');
  return `[${isNegated ? '^' : ''}${body}]`;
}

function escape(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}
