import { renameSync } from 'node:fs';
import type { Context } from '../lib/context';
import { isErrno } from '../lib/errors';
import { randomId } from '../lib/id';
import { removeTrees } from '../runtime/tree';
import { volumePaths } from './volume-record';
import { recordEvent } from '../store/events/record-event';

/**
 * Removes volumes with their data, whoever owns what is in them; those that are gone already are no error. `pruned`: nobody
 * has named them.
 */
export function removeVolumes(
  ctx: Context,
  names: readonly string[],
  { pruned = false }: { pruned?: boolean } = {},
): void {
  const gone = names.flatMap((name) => {
    const trash = moveAway(ctx, name);
    if (trash === undefined) return [];
    recordEvent(ctx, { type: 'volume', status: 'remove', name });
    if (pruned) recordEvent(ctx, { type: 'volume', status: 'prune', name });
    return [trash];
  });
  removeTrees(ctx, gone);
}

/** Out of the way in one step: nobody sees half a volume, and an interrupted removal leaves only what `tmp` is cleared of. */
function moveAway(ctx: Context, name: string): string | undefined {
  const away = `${ctx.paths.root}/tmp/removed-volume-${randomId().slice(0, 16)}`;
  try {
    renameSync(volumePaths(ctx, name).directory, away);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
  return away;
}
