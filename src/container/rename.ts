import { rmSync } from 'node:fs';
import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { writeFileAtomic } from '../sys/file-io';
import { withFileLock } from '../sys/file-lock';
import { reserveName } from './create-name';
import { idOfName, loadRecord } from './find';
import { checkName } from './options/check-name';
import { containerPaths } from './paths';

/**
 * Gives a container another name. A crash in the middle leaves it with both, and the old one in its record. Throws
 * 'usage' for what is no name, 'exists' for one in use.
 */
export function renameContainer(ctx: Context, id: string, name: string): void {
  checkName(name);
  const paths = containerPaths(ctx, id);
  withFileLock(paths.lock, () => {
    const record = loadRecord(ctx, id);
    if (record.name === name) return;
    if (!reserveName(ctx, name, id) && idOfName(ctx, name) !== id) throw nameTaken(ctx, record.name, name);
    writeFileAtomic(paths.record, JSON.stringify({ ...record, name }), {
      temporary: `${paths.record}.${process.pid}`,
    });
    rmSync(`${ctx.paths.root}/names/${record.name}`, { force: true });
  });
}

function nameTaken(ctx: Context, from: string, to: string): TspodError {
  return new TspodError(
    'exists',
    `renaming container "${from}": the container name "${to}" is already in use by ${idOfName(ctx, to) ?? 'another'}`,
    { hint: `choose another name, or remove that container: tspod rm ${to}` },
  );
}
