import { readFileSync } from 'node:fs';
import type { Context } from '../lib/context';
import { isErrno, TspodError } from '../lib/errors';

/** The format of the store that this program writes and reads; a new one is for what older programs would misread. */
export const STORE_VERSION = 1;

/** The file that holds it, in decimal. */
export function versionPath(root: string): string {
  return `${root}/version`;
}

/**
 * Makes sure that this program understands the store; one without a version is new, or of the first format. Error
 * `invalid`: it is of a newer format, or its version cannot be read.
 */
export function checkStoreVersion(ctx: Pick<Context, 'paths'>): void {
  const { root } = ctx.paths;
  const text = readVersion(versionPath(root));
  if (text === undefined) return;
  const version = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (version >= 1 && version <= STORE_VERSION) return;
  if (version > STORE_VERSION) {
    const message = `the store "${root}" has format version ${version}, and this tspod knows no newer one than ${STORE_VERSION}`;
    throw new TspodError('invalid', message, {
      hint: 'use the newer tspod that made it, or another store with --root',
    });
  }
  throw new TspodError(
    'invalid',
    `the version of the store "${root}" is not a number: ${JSON.stringify(text)}`,
    {
      hint: `if its content is as it should be: echo ${STORE_VERSION} >${versionPath(root)}`,
    },
  );
}

function readVersion(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim().slice(0, 100);
  } catch (error) {
    // whoever needs the store tells of what else is wrong with it
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return undefined;
    throw error;
  }
}
