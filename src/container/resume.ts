import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { becomeHelper, runHelper } from '../runtime/helper';
import { helperError } from '../runtime/helper-error';
import { attachPlan } from './attach';
import type { ContainerRecord } from './record';
import { startContainer, startDetached } from './start';
import type { ForegroundStreams } from './start-plan';
import { readState } from './state/status';

/** Starts a container that exists, or releases one that was initialized; one that runs is left as it is. */
export async function resumeDetached(ctx: Context, record: ContainerRecord): Promise<void> {
  const { phase } = readState(ctx, record.id);
  if (phase === 'running') return;
  if (phase === 'paused') throw pausedError(record);
  if (phase !== 'initialized') return startDetached(ctx, record, { message: record.name });
  const result = runHelper(ctx, 'attach', attachPlan(ctx, record, { release: true }), { capture: true });
  if (result.status === 0) return;
  throw helperError(`starting container "${record.name}"`, result);
}

/**
 * The same, with this process becoming the container's foreground (`streams`), or the one that prints `message` when its
 * program runs. Returns only for a container that runs already and is not attached to.
 */
export async function resumeContainer(
  ctx: Context,
  record: ContainerRecord,
  { streams, message }: { streams?: ForegroundStreams | undefined; message: string },
): Promise<void> {
  const { phase } = readState(ctx, record.id);
  if (phase === 'paused') throw pausedError(record);
  if (phase === 'running' && !streams) return;
  if (phase === 'running' || phase === 'initialized') {
    const release = phase === 'initialized';
    becomeHelper(ctx, 'attach', attachPlan(ctx, record, { streams, release, message }));
  }
  await startContainer(ctx, record, { message, ...(streams ? { foreground: streams } : {}) });
}

function pausedError({ id, name }: ContainerRecord): TspodError {
  return new TspodError(
    'state',
    `container ${id} must be in Created or Stopped state to be started: container state improper`,
    { hint: `it is paused: tspod unpause ${name}` },
  );
}
