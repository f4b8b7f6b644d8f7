import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isErrno, TspodError, wrapError } from '../../lib/errors';
import type { IgnoreFilter } from '../request';
import { IGNORE_NOTHING, parseIgnoreFile } from '../language/ignore-rules';

/**
 * The rules of a context: of `--ignorefile`, else of CONTAINERFILE.containerignore, CONTAINERFILE.dockerignore,
 * .containerignore or .dockerignore in it. Errors: `not-found` of a named one, `invalid`.
 */
export function findIgnoreRules(
  context: string,
  { named, containerfiles }: { named: string | undefined; containerfiles: readonly string[] },
): IgnoreFilter {
  if (named !== undefined) {
    const text = readIfThere(named);
    if (text === undefined)
      throw new TspodError('not-found', `--ignorefile "${named}": no such file or directory`);
    return parseIgnoreFile(text, named);
  }
  const beside = containerfiles.flatMap((path) => [`${path}.containerignore`, `${path}.dockerignore`]);
  for (const path of [...beside, join(context, '.containerignore'), join(context, '.dockerignore')]) {
    const text = readIfThere(path);
    if (text !== undefined) return parseIgnoreFile(text, shortName(context, path));
  }
  return IGNORE_NOTHING;
}

function shortName(context: string, path: string): string {
  const inside = relative(context, path);
  return inside.startsWith('..') ? path : inside;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw wrapError(`reading the ignore file "${path}"`, error);
  }
}
