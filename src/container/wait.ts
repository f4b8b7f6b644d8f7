import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { awaitRemoval, awaitState } from './state/await-state';
import { openExitNote } from './state/exit-note';
import { loadRecordIfWhole, missingContainer } from './find';
import { isChecked } from './create/health-config';
import type { ContainerPhase, ContainerState } from './state/status';

/** States of health that can be waited for. */
export type HealthWord = 'healthy' | 'unhealthy';

/** What `wait --condition` accepts beside the states of health. */
const WAIT_CONDITIONS: Readonly<Record<string, readonly ContainerPhase[]>> = {
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
  /** States of health of which any will do too. */
  health?: readonly HealthWord[];
  /** Phases of which any will do; default: it has ended. */
  phases?: readonly ContainerPhase[];
  /** Milliseconds between two looks; default 250. */
  interval?: number;
}

const UNKNOWN = -1;

/**
 * Waits for a container and resolves with its exit status; -1 when it was waited for something else, or nobody knows.
 * One that has never run is not
 * waited for: 0, as Podman says. One with `--rm` is waited for until it is gone. Begins to watch before it
 * returns; rejects with 'not-found' when the container is gone by then.
 */
export async function waitForContainer(ctx: Context, id: string, options: WaitOptions = {}): Promise<number> {
  const { health = [], phases = health.length > 0 ? [] : ['exited' as const] } = options;
  const forEnd = phases.includes('exited');
  const note = openExitNote(ctx, id);
  if (!note) throw missingContainer(id);
  if (health.length > 0) await requireCheck(ctx, id);
  let last: ContainerState | undefined;
  const wanted = (state: ContainerState | undefined): boolean => {
    last = state;
    return (
      state === undefined ||
      phases.includes(state.phase) ||
      (health as readonly string[]).includes(state.health ?? '') ||
      (forEnd && state.phase === 'created')
    );
  };
  try {
    await awaitState(ctx, id, wanted, { interval: options.interval ?? 250 });
    if (last === undefined) return (forEnd ? note.read() : undefined) ?? UNKNOWN;
    if (last.phase !== 'exited') return forEnd && last.phase === 'created' ? 0 : UNKNOWN;
    await awaitRemoval(ctx, loadRecordIfWhole(ctx, id));
    return last.exitCode;
  } finally {
    note.close();
  }
}

/** Without a check it would be waited for ever. */
async function requireCheck(ctx: Context, id: string): Promise<void> {
  if (isChecked(loadRecordIfWhole(ctx, id)?.options.health)) return;
  throw (await import('./health/run-healthcheck')).noCheck(id);
}

/** What a list of conditions waits for; throws 'usage' in Podman's words. */
export function parseConditions(words: readonly string[]): Required<Pick<WaitOptions, 'phases' | 'health'>> {
  const phases: ContainerPhase[] = [];
  const health: HealthWord[] = [];
  for (const word of words) {
    const found = Object.hasOwn(WAIT_CONDITIONS, word) ? WAIT_CONDITIONS[word] : undefined;
    if (found) phases.push(...found);
    else if (word === 'healthy' || word === 'unhealthy') health.push(word);
    else {
      throw new TspodError('usage', `unknown container state: ${word}: invalid argument`, {
        hint: `wait for ${[...Object.keys(WAIT_CONDITIONS), 'healthy', 'unhealthy'].join(', ')}`,
      });
    }
  }
  return { phases, health };
}
