import { nearest } from '../../lib/suggest';
import { languageError } from './language-error';
import type { Directives, SourceRange } from './types';

const DIRECTIVE = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/;
const NAMES = ['syntax', 'escape', 'check'];

/**
 * The orders in the comments at the top of a file: they end at the first line that is none. Errors `invalid`: one that
 * stands twice, an escape character that is neither `\` nor a backtick.
 */
export function parseDirectives(lines: readonly string[], file: string): Directives {
  const directives: Directives = { escape: '\\' };
  const seen = new Set<string>();
  for (const [index, text] of lines.entries()) {
    const [, key = '', value = ''] = DIRECTIVE.exec(text.trimStart()) ?? [];
    const name = key.toLowerCase();
    if (!NAMES.includes(name)) break;
    const at = { file, line: index + 1, column: text.indexOf(key) + 1, length: key.length, text };
    if (seen.has(name)) throw languageError(at, `"# ${name}=" stands here for the second time`);
    seen.add(name);
    applyDirective(directives, name, value, at);
  }
  return directives;
}

function applyDirective(directives: Directives, name: string, value: string, at: SourceRange): void {
  if (name === 'syntax') directives.syntax = value;
  else if (name === 'check') directives.check = parseCheck(value, at);
  else if (value === '\\' || value === '`') directives.escape = value;
  else {
    const place = { ...at, column: at.text.lastIndexOf(value) + 1, length: value.length };
    throw languageError(place, `escape character "${value}": expected \\ or a backtick`);
  }
}

/** `skip=RULE,RULE;error=true`. */
function parseCheck(text: string, at: SourceRange): { skip: string[]; error: boolean } {
  const check = { skip: [] as string[], error: false };
  for (const part of text.split(';')) {
    const [key = '', value = ''] = part.split('=').map((each) => each.trim());
    if (key === 'skip') check.skip = value.split(',').map((rule) => rule.trim());
    else if (key === 'error') check.error = value.toLowerCase() === 'true';
    else {
      const [near] = nearest(key, ['skip', 'error']);
      throw languageError(at, `unknown key "${key}" of "# check="`, near && `did you mean "${near}"?`);
    }
  }
  return check;
}
