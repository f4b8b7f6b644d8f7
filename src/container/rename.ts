import type { Context } from '../lib/context';
import { describeError, TspodError } from '../lib/errors';
import { writeFileAtomic } from '../sys/file-io';
import { withFileLock } from '../sys/file-lock';
import { idOfName, loadRecord } from './find';
import { freeName, reserveName } from './names';
import { checkName } from './options/check-name';
import { containerPaths, nameLink } from './paths';
import { addEvents, recordContainerEvent } from './container-events';
import type { ContainerRecord } from './record';
import { isAlive, readState } from './state/status';

/**
 * Gives a container another name. A crash in the middle leaves it with both, and the old one in its record. Throws
 * 'usage' for what is no name, 'exists' for one in use.
 */
export async function renameContainer(ctx: Context, id: string, name: string): Promise<void> {
  checkName(name);
  const paths = containerPaths(ctx, id);
  const record = withFileLock(paths.lock, () => {
    const record = loadRecord(ctx, id);
    if (record.name === name) return undefined;
    if (!reserveName(ctx, name, id) && idOfName(ctx, name) !== id) throw nameTaken(ctx, record.name, name);
    writeFileAtomic(paths.record, JSON.stringify({ ...record, name }), {
      temporary: `${paths.record}.${process.pid}`,
    });
    freeName(ctx, record.name, id);
    return { ...record, name };
  });
  if (record === undefined) return;
  recordContainerEvent(ctx, record, 'rename');
  await ctx.flushEvents?.();
  await tellMonitor(ctx, record);
}

/** Its next events have the new name; a monitor of an earlier version goes on with the old one. */
async function tellMonitor(ctx: Context, record: ContainerRecord): Promise<void> {
  if (!isAlive(readState(ctx, record.id))) return;
  const [{ Plan }, { updateMonitor }] = await Promise.all([
    import('../runtime/plan'),
    import('../runtime/update-monitor'),
  ]);
  const plan = new Plan();
  addEvents(plan, ctx, record);
  if (record.options.autoRemove) plan.add('FREE_NAME', nameLink(ctx, record.name));
  if (record.options.network.kind === 'bridge') {
    const { addBridge, prepareBridge } = await import('./networks/start-bridge');
    addBridge(plan, ctx, prepareBridge(ctx, record));
  }
  try {
    await updateMonitor(containerPaths(ctx, record.id).attachSocket, plan);
  } catch (error) {
    ctx.log('debug', `telling the monitor of the new name: ${describeError(error)}`);
  }
}

function nameTaken(ctx: Context, from: string, to: string): TspodError {
  return new TspodError(
    'exists',
    `renaming container "${from}": the container name "${to}" is already in use by ${idOfName(ctx, to) ?? 'another'}`,
    { hint: `choose another name, or remove that container: tspod rm ${to}` },
  );
}
