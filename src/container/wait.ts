import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { awaitState, stateIfThere } from './await-state';
import { loadRecord } from './find';
import { containerPaths } from './paths';
import { isAlive, type ContainerPhase, type ContainerState } from './status';

/** What `wait --condition` accepts. */
export const WAIT_CONDITIONS: Readonly<Record<string, readonly ContainerPhase[]>> = {
  configured: ['created'],
  created: ['created'],
  initialized: ['initialized'],
  running: ['running'],
  paused: ['paused'],
  exited: ['exited'],
  stopped: ['exited'],
  removing: [],
  stopping: [],
};

export interface WaitOptions {
  /** Phases of which any will do; default: it has ended. */
  phases?: readonly ContainerPhase[];
  /** Milliseconds between two looks; default 250. */
  interval?: number;
}

const UNKNOWN = -1;

/**
 * Waits for a container and resolves with its exit status; -1 when it was waited for something else, or is gone and
 * nobody knows. One that has not been started yet is waited for, too.
 */
export async function waitForContainer(ctx: Context, id: string, options: WaitOptions = {}): Promise<number> {
  const phases = options.phases ?? ['exited'];
  let last = stateIfThere(ctx, id);
  if (phases.includes('exited') && last && isAlive(last) && loadRecord(ctx, id).options.autoRemove) {
    return exitOfRemoved(ctx, id);
  }
  const wanted = (state: ContainerState | undefined): boolean => {
    last = state;
    return state === undefined || phases.includes(state.phase);
  };
  await awaitState(ctx, id, wanted, { interval: options.interval ?? 250 });
  return last?.phase === 'exited' ? last.exitCode : UNKNOWN;
}

/** The monitor of a container with `--rm` removes it, status and all, as soon as it has ended: only it can tell. */
async function exitOfRemoved(ctx: Context, id: string): Promise<number> {
  const { monitorExit } = await import('./monitor-exit');
  const code = await monitorExit(containerPaths(ctx, id).attachSocket);
  await awaitState(ctx, id, (state) => state === undefined || !isAlive(state));
  return code ?? stateIfThere(ctx, id)?.exitCode ?? UNKNOWN;
}

/** The phases of a list of conditions; throws 'usage' in Podman's words. */
export function parseConditions(words: readonly string[]): ContainerPhase[] {
  return words.flatMap((word) => {
    const phases = Object.hasOwn(WAIT_CONDITIONS, word) ? WAIT_CONDITIONS[word] : undefined;
    if (phases) return phases;
    if (word === 'healthy' || word === 'unhealthy')
      throw new TspodError(
        'unsupported',
        `--condition ${word} is not supported: health checks do not run yet`,
      );
    throw new TspodError('usage', `unknown container state: ${word}: invalid argument`);
  });
}
