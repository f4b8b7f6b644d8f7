import type { Context } from '../../lib/context';
import { pauseContainer, unpauseContainer } from '../pause';
import { readState } from '../state/status';

/**
 * Does some work while a running container is paused, and lets it go on whatever happens. `pause` true makes it an error
 * where a container cannot be paused; undefined means that it is then left running; false, that it is not tried.
 */
export async function whilePaused<T>(
  ctx: Context,
  id: string,
  pause: boolean | undefined,
  work: () => T | Promise<T>,
): Promise<T> {
  const state = readState(ctx, id);
  const isNeeded = pause !== false && state.phase === 'running';
  if (!isNeeded || (pause === undefined && state.cgroup === undefined)) return work();
  pauseContainer(ctx, id);
  try {
    return await work();
  } finally {
    // it may have been killed meanwhile
    if (readState(ctx, id).phase === 'paused') unpauseContainer(ctx, id);
  }
}
