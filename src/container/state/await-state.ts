import { existsSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { changeAlarm } from '../../sys/change-alarm';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';
import { readState, type ContainerState } from './status';

/** Longest time that a monitor is given to remove its container. */
const REMOVAL_MS = 5000;

/** How to wait. */
export interface AwaitOptions {
  /** Milliseconds; absent: for ever. */
  timeout?: number;
  /** Milliseconds between two looks where the file system tells nothing of changes; default 250. */
  interval?: number;
}

/**
 * Waits until the container's state is as wanted, or the container is gone (then `wanted` gets undefined). Resolves with
 * true, or with false when the time is over. Looks when its directory changes, and now and then.
 */
export async function awaitState(
  ctx: Context,
  id: string,
  wanted: (state: ContainerState | undefined) => boolean,
  { timeout, interval = 250 }: AwaitOptions = {},
): Promise<boolean> {
  const end = timeout === undefined ? Infinity : performance.now() + timeout;
  const alarm = changeAlarm([containerPaths(ctx, id).directory]);
  try {
    while (!wanted(stateIfThere(ctx, id))) {
      const left = end - performance.now();
      if (left <= 0) return false;
      await alarm.next(Math.min(interval, left));
    }
    return true;
  } finally {
    alarm.close();
  }
}

/** The monitor removes a container with `--rm` right after it has ended, unless it is killed just then: waits for that. */
export async function awaitRemoval(ctx: Context, record: ContainerRecord | undefined): Promise<void> {
  if (record?.options.autoRemove)
    await awaitState(ctx, record.id, (state) => state === undefined, { timeout: REMOVAL_MS });
}

/** The container's state; undefined when it is gone. */
export function stateIfThere(ctx: Context, id: string): ContainerState | undefined {
  if (!existsSync(containerPaths(ctx, id).directory)) return undefined;
  const state = readState(ctx, id);
  // it may have gone between the two looks
  return state.removed || (state.phase === 'created' && !existsSync(containerPaths(ctx, id).directory))
    ? undefined
    : state;
}
