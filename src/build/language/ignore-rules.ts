import { posix } from 'node:path';
import { languageError } from './language-error';
import type { IgnoreFilter } from '../request';
import { compilePattern } from './ignore-pattern';
import type { IgnorePattern } from './ignore-pattern';

/** The filter of a context without an ignore file. */
export const IGNORE_NOTHING: IgnoreFilter = {
  isEmpty: true,
  ignores: () => false,
  ignoresAllBelow: () => false,
};

/**
 * The rules of an ignore file; `file` is how messages name it. A later rule stands above an earlier one; a directory that
 * matches takes all below it along. Error `invalid`: a malformed pattern. Source: moby/patternmatcher.
 */
export function parseIgnoreFile(text: string, file: string): IgnoreFilter {
  const patterns: IgnorePattern[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const pattern = parsePattern(line, { file, line: index + 1 });
    if (pattern) patterns.push(pattern);
  }
  return ignoreFilter(patterns);
}

/** The filter of `--exclude` of `COPY` and `ADD`. Error: a SyntaxError. */
export function compileIgnoreRules(texts: readonly string[]): IgnoreFilter {
  return ignoreFilter(texts.flatMap((text) => makePattern(text.trim()) ?? []));
}

function ignoreFilter(patterns: IgnorePattern[]): IgnoreFilter {
  if (patterns.length === 0) return IGNORE_NOTHING;
  const exceptions = patterns.filter(({ isException }) => isException);
  return {
    isEmpty: false,
    ignores: (path) => isIgnored(patterns, path),
    ignoresAllBelow: (path) =>
      isIgnored(patterns, path) && !exceptions.some((each) => mayMatchBelow(each, path)),
  };
}

/** Whether the last rule that matches the path or a directory above it is no exception. */
function isIgnored(patterns: IgnorePattern[], path: string): boolean {
  const paths = withParents(path);
  let ignored = false;
  for (const pattern of patterns) {
    if (pattern.isException !== ignored) continue;
    if (paths.some((each) => pattern.matches(each))) ignored = !pattern.isException;
  }
  return ignored;
}

/** The path, then each directory above it. */
function withParents(path: string): string[] {
  const parts = path.split('/');
  return [path, ...parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'))];
}

/** Whether an exception may bring back something below a directory. */
function mayMatchBelow({ text }: IgnorePattern, path: string): boolean {
  const isTooShort = !text.includes('**') && text.split('/').length <= path.split('/').length;
  const wild = text.search(/[*?[\\]/);
  const fixed = wild < 0 ? text : text.slice(0, wild);
  return !isTooShort && (fixed.startsWith(`${path}/`) || (wild >= 0 && `${path}/`.startsWith(fixed)));
}

function parsePattern(
  line: string,
  { file, line: number }: { file: string; line: number },
): IgnorePattern | undefined {
  // only a `#` in the first column is a comment
  if (line.startsWith('#')) return undefined;
  const text = line.trim();
  try {
    return makePattern(text);
  } catch (error) {
    const at = {
      file,
      line: number,
      column: line.indexOf(text) + 1,
      length: text.length,
      text: line.trimEnd(),
    };
    throw languageError(at, `pattern "${text}": ${(error as Error).message}`);
  }
}

/** Slashes at both ends, `.` and `..` are cleaned away. */
function makePattern(text: string): IgnorePattern | undefined {
  if (text === '') return undefined;
  const isException = text.startsWith('!');
  const body = (isException ? text.slice(1) : text).trim();
  if (body === '') throw new SyntaxError('there is nothing after "!"');
  const cleaned = posix.normalize(body).replace(/(.)\/+$/, '$1');
  const relative = cleaned.length > 1 && cleaned.startsWith('/') ? cleaned.slice(1) : cleaned;
  return compilePattern(relative, isException);
}
