import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { loadRecord } from './find';
import { requestStop, signalContainer } from './send-signal';
import { readState } from './state/status';
import { recordContainerEvent } from './container-events';

/** HUP and the like are messages; these end a program, so that no restart policy applies. */
const ENDING_SIGNALS = new Set([2, 3, 9, 15]);

/** Sends a signal to the first process of a running container; throws 'state' when it does not run. */
export async function killContainer(ctx: Context, id: string, signal: number): Promise<void> {
  const state = readState(ctx, id);
  if (state.phase !== 'running' && state.phase !== 'paused') throw notRunning(id, state.phase);
  const record = loadRecord(ctx, id);
  if (ENDING_SIGNALS.has(signal) || signal === record.stopSignal) requestStop(ctx, id);
  recordContainerEvent(ctx, record, 'kill');
  // the monitor writes what comes of it
  await ctx.flushEvents?.();
  signalContainer(state, signal);
}

function notRunning(id: string, phase: string): TspodError {
  return new TspodError(
    'state',
    `can only kill running containers. ${id} is in state ${phase}: container state improper`,
  );
}
