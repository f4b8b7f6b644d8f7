import { existsSync, mkdirSync, readlinkSync, renameSync, symlinkSync, unlinkSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { isErrno, TspodError } from '../../lib/errors';
import { randomId } from '../../lib/id';
import { generateName } from '../../lib/name-generator';
import { idOfName } from '../find';
import { containerPaths } from '../paths';

/** The name asked for when it is free, else one of our own. Throws 'exists'. */
export function chooseName(ctx: Context, asked: string | undefined): string {
  if (asked === undefined) return generateName((name) => idOfName(ctx, name) !== undefined);
  const holder = idOfName(ctx, asked);
  if (holder === undefined) return asked;
  throw nameInUse(asked, holder);
}

/** Makes the name lead to the container, whose directory is in place; false when another one has it. */
export function reserveName(ctx: Context, name: string, id: string): boolean {
  const path = `${ctx.paths.root}/names/${name}`;
  for (;;) {
    try {
      symlinkSync(id, path);
      return true;
    } catch (error) {
      if (isErrno(error, 'ENOENT')) mkdirSync(`${ctx.paths.root}/names`, { recursive: true, mode: 0o700 });
      else if (!isErrno(error, 'EEXIST')) throw error;
      else if (idOfName(ctx, name) !== undefined) return false;
      else dropStaleName(ctx, name);
    }
  }
}

/** The error for a name that another container has. */
export function nameInUse(name: string, holder: string): TspodError {
  return new TspodError(
    'exists',
    `creating container storage: the container name "${name}" is already in use by ${holder}. ` +
      'You have to remove that container to be able to reuse that name: that name is already in use',
    { hint: `use --replace, or remove it: tspod rm ${name}` },
  );
}

/**
 * Takes away a name whose container is gone: what a killed removal left. Taken out of the way first and looked at there, so
 * that one that another process has just reserved is found out, and put back.
 */
export function dropStaleName(ctx: Context, name: string): void {
  if (name.includes('/') || idOfName(ctx, name) !== undefined) return;
  const path = `${ctx.paths.root}/names/${name}`;
  const aside = `${ctx.paths.root}/tmp/name-${randomId().slice(0, 16)}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    throw error;
  }
  const id = readlinkSync(aside);
  if (existsSync(containerPaths(ctx, id).directory)) putBack(id, path);
  unlinkSync(aside);
}

function putBack(id: string, path: string): void {
  try {
    symlinkSync(id, path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}
