import type { Context } from '../../lib/context';
import { changeAlarm } from '../../sys/change-alarm';
import { stateIfThere } from '../state/await-state';
import { containerPaths } from '../paths';
import { isAlive } from '../state/status';

/** Milliseconds in which the journal takes in what was sent before the container's end was known. */
const SETTLED = 300;

/** Tells when a container has ended, or when a time has come; close() ends the waiting. */
export function untilEnd(
  ctx: Context,
  id: string,
  until: bigint | undefined,
): { signal: AbortSignal; close(): void } {
  const over = new AbortController();
  const alarm = changeAlarm([containerPaths(ctx, id).directory]);
  let isClosed = false;
  const isOver = (): boolean => {
    const state = stateIfThere(ctx, id);
    return !state || !isAlive(state) || (until !== undefined && BigInt(Date.now()) * 1_000_000n > until);
  };
  void (async () => {
    while (!isClosed && !isOver()) await alarm.next(500);
    if (!isClosed) setTimeout(() => over.abort(), SETTLED);
  })();
  return {
    signal: over.signal,
    close: () => {
      isClosed = true;
      alarm.close();
    },
  };
}
