import { readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { TspodError } from '../lib/errors';
import { splitCommas } from '../lib/split-commas';
import { isGlobMount } from './parse-mount';

const SOURCE = ['src', 'source'];
const TARGET = ['dst', 'dest', 'destination', 'target'];

/**
 * One bind mount for each path that `type=glob,src=PATTERN` matches, below `dst`, or at its own path without one; any other mount
 * as it is. Throws 'usage' when nothing matches.
 */
export function expandGlobMount(text: string): string[] {
  if (!isGlobMount(text)) return [text];
  const words = splitCommas(text);
  const valueOf = (names: readonly string[]): string | undefined =>
    words.find((word) => names.some((name) => word.startsWith(`${name}=`)))?.replace(/^[^=]*=/, '');
  const pattern = valueOf(SOURCE) ?? '';
  const target = valueOf(TARGET);
  const isOther = (word: string): boolean =>
    ![...SOURCE, ...TARGET, 'type'].includes(word.replace(/=.*$/s, ''));
  const paths = pattern === '' ? [] : glob(resolve(pattern));
  if (paths.length === 0) throw new TspodError('usage', `no file paths matching glob "${pattern}"`);
  return paths.map((path) => {
    const place = target === undefined ? path : `${target}/${basename(path)}`;
    return ['type=bind', `src=${path}`, `dst=${place}`, ...words.filter(isOther)].map(quoted).join(',');
  });
}

/** The paths that exist and match, sorted; as Go's filepath.Glob no wildcard stands for a slash. */
function glob(pattern: string): string[] {
  let found = ['/'];
  for (const part of pattern.split('/').filter(Boolean)) {
    const test = matcher(part);
    found = found.flatMap((folder) =>
      list(folder)
        .filter(test)
        .map((name) => (folder === '/' ? `/${name}` : `${folder}/${name}`)),
    );
  }
  return found;
}

function matcher(pattern: string): (name: string) => boolean {
  const source = pattern.replace(
    /\\(.)|(\[\^?[^\]]+\])|[*?.+^${}()|[\]\\]/gs,
    (word, escaped?: string, set?: string) => {
      if (escaped !== undefined) return escaped.replace(/\W/, '\\$&');
      if (set !== undefined) return set;
      return word === '*' ? '.*' : word === '?' ? '.' : `\\${word}`;
    },
  );
  const expression = new RegExp(`^${source}$`, 's');
  return (name) => expression.test(name);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function quoted(word: string): string {
  return /[",]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word;
}
