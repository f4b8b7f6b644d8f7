import { closeSync, constants, openSync, writeSync } from 'node:fs';
import type { Context } from '../lib/context';
import { isErrno } from '../lib/errors';
import { containerPaths } from './paths';
import { isProcess } from './state/process-time';
import type { ContainerState } from './state/status';

/** Sends a signal to the container's first process; false when that has ended. */
export function signalContainer({ pid, startTime }: ContainerState, signal: number): boolean {
  if (!isProcess(pid, startTime)) return false;
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (isErrno(error, 'ESRCH')) return false;
    throw error;
  }
}

/** Why a container is to end: it says which events the monitor writes. `passing`: to be started or removed next. */
export type StopReason = '' | 'stop' | 'passing';

/**
 * Tells the monitor that the container is meant to end: whatever its restart policy says, it is not restarted. The monitor may
 * read it while several commands write: nothing is cut off, and what is only in passing replaces no other reason.
 */
export function requestStop(ctx: Context, id: string, reason: StopReason = ''): void {
  const flag = constants.O_WRONLY | constants.O_CREAT | (reason === 'passing' ? constants.O_EXCL : 0);
  try {
    const descriptor = openSync(containerPaths(ctx, id).stopRequested, flag, 0o600);
    writeSync(descriptor, reason);
    closeSync(descriptor);
  } catch (error) {
    // a container that is gone needs no mark
    if (!isErrno(error, 'ENOENT', 'EEXIST')) throw error;
  }
}
