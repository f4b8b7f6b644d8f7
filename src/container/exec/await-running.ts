import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { awaitState } from '../state/await-state';
import { lookUpContainer } from '../find';

/** Milliseconds between two looks for a container that is not there yet. */
const STEP_MS = 50;

/** Waits until a container is there and runs; throws 'state' when it does not within so many milliseconds. */
export async function awaitRunning(ctx: Context, name: string, timeout: number): Promise<void> {
  const end = performance.now() + timeout;
  for (;;) {
    const id = lookUpContainer(ctx, name);
    const left = Math.max(0, end - performance.now());
    if (
      id !== undefined &&
      (await awaitState(ctx, id, (state) => state?.phase === 'running', { timeout: left }))
    )
      return;
    if (left === 0) throw new TspodError('state', `timed out waiting for container: ${name}`);
    await pause(Math.min(STEP_MS, left));
  }
}
