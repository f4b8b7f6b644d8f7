import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describeError, isErrno } from '../../lib/errors';
import { parseUnit } from '../parse-unit';
import { type Problem, problemOf } from '../problem';
import { createUnit, mergeUnit } from '../unit-file';
import { kindOf } from './kinds';
import type { Quadlet, QuadletKind } from './types';

/**
 * Every Quadlet file in these directories with its drop-ins; of several with one name that of the first directory. What cannot be
 * read is there too, with the reason among its problems.
 */
export function loadQuadlets(directories: readonly string[]): Quadlet[] {
  const found = new Map<string, Quadlet>();
  for (const directory of directories) {
    for (const name of namesIn(directory)) {
      const kind = kindOf(name);
      if (kind !== undefined && !found.has(name))
        found.set(name, loadQuadlet(join(directory, name), kind, directories));
    }
  }
  return [...found.values()];
}

/** One Quadlet file with its drop-ins from these directories. */
function loadQuadlet(path: string, kind: QuadletKind, directories: readonly string[]): Quadlet {
  const name = basename(path);
  const quadlet: Quadlet = { name, path, kind, unit: createUnit(name, path), problems: [] };
  mergeFile(quadlet, path);
  for (const dropIn of dropInsOf(name, directories)) mergeFile(quadlet, dropIn);
  return quadlet;
}

function mergeFile({ unit, problems }: Quadlet, path: string): void {
  try {
    const read = parseUnit(readFileSync(path, 'utf8'), basename(path), path);
    mergeUnit(unit, read.unit);
    problems.push(...read.problems);
  } catch (error) {
    problems.push(unreadable(path, error));
  }
}

/** The drop-ins of a file in alphabetical order; of several with one name the one in the most special directory. */
function dropInsOf(name: string, directories: readonly string[]): string[] {
  const paths = new Map<string, string>();
  for (const folder of dropInFolders(name)) {
    for (const directory of directories) {
      for (const each of namesIn(join(directory, folder)))
        if (each.endsWith('.conf') && !paths.has(each)) paths.set(each, join(directory, folder, each));
    }
  }
  return [...paths].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}

/** The folders of drop-ins, the most special first: `a-b.container.d`, `a-.container.d`, `container.d`. */
export function dropInFolders(name: string): string[] {
  const [, stem = '', at = '', instance = '', kind = ''] = /^([^@]*)(@?)(.*)\.(\w+)$/s.exec(name) ?? [];
  const parts = stem.split('-').slice(0, -1);
  const shortened = parts
    .map((_, index) => `${parts.slice(0, index + 1).join('-')}-`)
    .reverse()
    .flatMap((prefix) => [...(at === '' ? [] : [`${prefix}@.${kind}.d`]), `${prefix}.${kind}.d`]);
  const template = instance === '' ? [] : [`${stem}@.${kind}.d`];
  return [`${name}.d`, ...template, ...shortened, `${kind}.d`];
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return [];
    throw error;
  }
}

function unreadable(path: string, error: unknown): Problem {
  return problemOf(path, `cannot be read: ${describeError(error)}`);
}
