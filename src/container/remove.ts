import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { lockFile } from '../sys/file-lock';
import { findDependents, volumesOfOthers } from './dependents';
import { loadRecordIfWhole } from './find';
import { containerPaths } from './paths';
import { removeFiles, type RemovedContainer } from './remove-files';
import { isAlive, readState, type ContainerState } from './status';
import { recordContainerEvent } from './container-events';

/** How containers are removed. */
export interface RemoveOptions {
  /** Running ones are stopped first; broken ones go too. */
  force?: boolean;
  /** Seconds until SIGKILL, with `force`. */
  timeout?: number | undefined;
  /** Their anonymous volumes go too. */
  volumes?: boolean;
  /** Those that use their namespaces go too. */
  depend?: boolean;
}

/** What became of a removal. */
export interface Removal {
  /** Full ids. */
  removed: string[];
  failures: unknown[];
}

/** Podman's exit status of `rm` for a container that runs. */
const STILL_RUNNING = 2;

/**
 * Removes containers: all that can be, in one go. One that runs is a failure unless `force` is set. Another command
 * that removes the same ones at the same time does no harm: each container is told as removed once or twice, never an error.
 */
export async function removeContainers(
  ctx: Context,
  ids: readonly string[],
  options: RemoveOptions = {},
): Promise<Removal> {
  const removal: Removal = { removed: [], failures: [] };
  const free = withDependents(ctx, ids, { removal, depend: options.depend ?? false });
  if (options.force) await stopAll(ctx, free, { removal, timeout: options.timeout });
  const gone: Claim[] = [];
  for (const id of free) {
    try {
      gone.push(claim(ctx, id, options));
    } catch (error) {
      removal.failures.push(error);
    }
  }
  try {
    removeFiles(
      ctx,
      gone.map(({ container }) => container),
    );
    removal.removed.push(...gone.map(({ container }) => container.id));
    for (const { tell } of gone) tell();
  } finally {
    for (const { release } of gone) release();
  }
  return removal;
}

/** Those that nobody else depends on; with `depend` together with their dependents. */
function withDependents(
  ctx: Context,
  ids: readonly string[],
  { removal, depend }: { removal: Removal; depend: boolean },
): string[] {
  const dependents = findDependents(ctx);
  const wanted = new Set(ids);
  if (depend) for (const id of wanted) for (const other of dependents.get(id) ?? []) wanted.add(other);
  return [...wanted].filter((id) => {
    const others = (dependents.get(id) ?? []).filter((other) => !wanted.has(other));
    if (others.length === 0) return true;
    removal.failures.push(dependentsError(id, others));
    return false;
  });
}

async function stopAll(
  ctx: Context,
  ids: readonly string[],
  { removal, timeout }: { removal: Removal; timeout: number | undefined },
): Promise<void> {
  const alive = ids.filter((id) => isAlive(readState(ctx, id)));
  if (alive.length === 0) return;
  const { stopContainer } = await import('./stop');
  const stop = (id: string): Promise<void> =>
    stopContainer(ctx, id, {
      timeout,
      kill: timeout === 0 || readState(ctx, id).phase === 'paused',
      inPassing: true,
    });
  for (const result of await Promise.allSettled(alive.map(stop))) {
    if (result.status === 'rejected') removal.failures.push(result.reason);
  }
}

interface Claim {
  container: RemovedContainer;
  release(): void;
  /** Notes that it has been removed. */
  tell(): void;
}

/** Takes the container's lock, so that nobody starts it now, and looks whether it may go. */
function claim(ctx: Context, id: string, options: RemoveOptions): Claim {
  // what a killed monitor has left is put in order under the same lock, so before
  readState(ctx, id);
  const lock = lockFile(containerPaths(ctx, id).lock);
  const release = (): void => lock?.release();
  const state = readState(ctx, id);
  if (isAlive(state)) {
    release();
    throw runningError(id, state);
  }
  const record = loadRecordIfWhole(ctx, id);
  const volumes = options.volumes || record?.options.autoRemove ? (record?.anonymousVolumes ?? []) : [];
  const used = volumes.length > 0 ? volumesOfOthers(ctx, id, volumes) : new Set<string>();
  const container = { id, volumes: volumes.filter((volume) => !used.has(volume)) };
  if (!record) return { container, release, tell: () => undefined };
  const { cidFile } = record.options;
  const tell = (): void => {
    const ended = state.phase === 'exited' ? { exitCode: state.exitCode } : {};
    recordContainerEvent(ctx, record, 'remove', ended);
  };
  return { container: { ...container, name: record.name, ...(cidFile ? { cidFile } : {}) }, release, tell };
}

function runningError(id: string, { phase }: ContainerState): TspodError {
  return new TspodError(
    'state',
    `cannot remove container ${id} as it is ${phase} - running or paused containers cannot be removed without force: container state improper`,
    { exitCode: STILL_RUNNING, hint: `stop it first, or: tspod rm --force ${id.slice(0, 12)}` },
  );
}

function dependentsError(id: string, others: readonly string[]): TspodError {
  return new TspodError(
    'in-use',
    `container ${id} has dependent containers which must be removed before it: ${others.join(', ')}: container already exists`,
    { hint: `remove them too: tspod rm --depend ${id.slice(0, 12)}` },
  );
}
