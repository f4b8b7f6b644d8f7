import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { signalName } from '../lib/signals';
import { awaitRemoval, awaitState, stateIfThere } from './state/await-state';
import { loadRecord, loadRecordIfWhole } from './find';
import type { ContainerRecord } from './record';
import { requestStop, signalContainer, type StopReason } from './send-signal';
import { isAlive, type ContainerState } from './state/status';

/** How a container is stopped. */
export interface StopOptions {
  /** Seconds until SIGKILL; absent: the container's own stop timeout. Negative: never. 0: SIGKILL is the first signal. */
  timeout?: number | undefined;
  /** Kill it at once, also when it is paused. */
  kill?: boolean;
  /** It is stopped to be started or removed next: that is no event of its own. */
  inPassing?: boolean;
}

const SIGKILL = 9;
/** Milliseconds that the monitor has to clean up after SIGKILL. */
const CLEAN_UP = 20_000;

/**
 * Stops a container: its stop signal, and SIGKILL when it has not ended in time. Resolves when its monitor has cleaned up. One
 * that does not run is left as it is. Throws 'state' for one that is paused.
 */
export async function stopContainer(ctx: Context, id: string, options: StopOptions = {}): Promise<void> {
  const record = options.inPassing ? loadRecordIfWhole(ctx, id) : recordIfThere(ctx, id);
  const state = stateIfThere(ctx, id);
  if (state === undefined || !isAlive(state)) return;
  if (state.phase === 'paused' && !options.kill) throw pausedError(id);
  const reason = options.inPassing ? 'passing' : 'stop';
  if (record && !options.kill && state.phase !== 'initialized') {
    const seconds = options.timeout ?? record.options.stopTimeout;
    if (await endsOfItself(ctx, record, { seconds, reason })) return awaitRemoval(ctx, record);
  }
  const isOver = await endsBy(ctx, id, { signal: SIGKILL, reason, timeout: CLEAN_UP });
  if (isOver) return awaitRemoval(ctx, record);
  throw new TspodError('state', `container "${record?.name ?? id}" did not end after SIGKILL`, {
    hint: 'a process of it may hang in the kernel: see "tspod top" and dmesg',
  });
}

/** Undefined when it is gone; throws 'invalid' for one that is broken. */
function recordIfThere(ctx: Context, id: string): ContainerRecord | undefined {
  try {
    return loadRecord(ctx, id);
  } catch (error) {
    if (error instanceof TspodError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** Sends the stop signal and waits; false, with a warning: it has not ended in time. No time: no signal, as with Podman. */
async function endsOfItself(
  ctx: Context,
  record: ContainerRecord,
  { seconds, reason }: { seconds: number; reason: StopReason },
): Promise<boolean> {
  if (seconds === 0) return false;
  const timeout = seconds < 0 ? undefined : seconds * 1000;
  if (await endsBy(ctx, record.id, { signal: record.stopSignal, reason, timeout })) return true;
  ctx.log('warn', resortMessage(record, seconds));
  return false;
}

/** Signals each process that the container's monitor has started since, until it has ended; false: not in time. */
function endsBy(
  ctx: Context,
  id: string,
  { signal, reason, timeout }: { signal: number; reason: StopReason; timeout: number | undefined },
): Promise<boolean> {
  let marked = -1;
  let signalled = 0;
  const ended = (state: ContainerState | undefined): boolean => {
    if (state === undefined || !isAlive(state)) return true;
    // a start takes the mark away
    if (state.startTime !== marked) requestStop(ctx, id, reason);
    marked = state.startTime;
    if (state.startTime !== signalled && signalContainer(state, signal)) signalled = state.startTime;
    return false;
  };
  return awaitState(ctx, id, ended, timeout === undefined ? {} : { timeout });
}

function resortMessage({ name, stopSignal }: ContainerRecord, seconds: number): string {
  return `StopSignal ${signalName(stopSignal)} failed to stop container ${name} in ${seconds} seconds, resorting to SIGKILL`;
}

function pausedError(id: string): TspodError {
  return new TspodError(
    'state',
    `can only stop created or running containers. ${id} is in state paused: container state improper`,
    { hint: `unpause it first: tspod unpause ${id.slice(0, 12)}` },
  );
}
