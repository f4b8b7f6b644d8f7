import { closeSync, existsSync, mkdirSync, openSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs';
import type { Context } from '../lib/context';
import { isErrno } from '../lib/errors';
import { isFullId } from '../lib/id';
import { lockDescriptor } from '../sys/file-lock';
import { idOfName } from './find';
import { containerPaths, nameLink, nameLinks } from './paths';

/*
 * A name is a symbolic link `names/NAME` to the id of its container. symlink(2) gives a name to one container only; links are
 * taken away under the lock of the directory alone, so that nobody else's is.
 */

/** Makes the name lead to the container, whose directory is in place; false when another one has it. */
export function reserveName(ctx: Context, name: string, id: string): boolean {
  const path = nameLink(ctx, name);
  for (;;) {
    try {
      symlinkSync(id, path);
      return true;
    } catch (error) {
      if (isErrno(error, 'ENOENT')) mkdirSync(nameLinks(ctx), { recursive: true, mode: 0o700 });
      else if (!isErrno(error, 'EEXIST')) throw error;
      else if (idOfName(ctx, name) !== undefined) return false;
      else dropStaleName(ctx, name);
    }
  }
}

/** Frees the name, unless it leads to another container. */
export function freeName(ctx: Context, name: string, id: string): void {
  if (targetOf(ctx, name) === id) unlinkWhere(ctx, name, (target) => target === id);
}

/** Takes away a name whose container is gone: what a killed removal left. */
export function dropStaleName(ctx: Context, name: string): void {
  if (name.includes('/') || targetOf(ctx, name) === undefined) return;
  unlinkWhere(ctx, name, (target) => !isFullId(target) || !existsSync(containerPaths(ctx, target).directory));
}

function unlinkWhere(ctx: Context, name: string, isFree: (target: string) => boolean): void {
  const folder = openSync(nameLinks(ctx), 'r');
  try {
    lockDescriptor(folder);
    const target = targetOf(ctx, name);
    if (target !== undefined && isFree(target)) unlinkSync(nameLink(ctx, name));
  } finally {
    closeSync(folder);
  }
}

/** Undefined where nothing has that name; of what is no link, the empty string. */
function targetOf(ctx: Context, name: string): string | undefined {
  try {
    return readlinkSync(nameLink(ctx, name));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    if (isErrno(error, 'EINVAL')) return '';
    throw error;
  }
}
