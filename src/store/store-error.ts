import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describeError, isErrno, TspodError } from '../lib/errors';

/**
 * The error of a command that could not write the store at `root`, with the cure, where the store as a whole cannot be
 * written; every other error as it is.
 */
export function explainStoreError(root: string, error: unknown): unknown {
  if (!isErrno(error, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT') || !isInside(root, error))
    return error;
  const place = nearest(root);
  const refusal = refusalOf(place);
  if (refusal === undefined) return error;
  const message = `the store "${root}" cannot be written: ${describeError(refusal)}`;
  return new TspodError('system', message, {
    hint: `name another place with --root or XDG_DATA_HOME, or make "${place}" a directory that you may write`,
    cause: error,
  });
}

function isInside(root: string, { path }: NodeJS.ErrnoException): boolean {
  return path !== undefined && (path === root || path.startsWith(`${root}/`) || root.startsWith(`${path}/`));
}

/** The store, or the directory in which it would have to be made. */
function nearest(root: string): string {
  let place = root;
  while (!existsSync(place) && place !== '/') place = dirname(place);
  return place;
}

function refusalOf(place: string): unknown {
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return error;
  }
}
