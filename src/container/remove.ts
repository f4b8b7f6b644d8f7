import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { lockFile } from '../sys/file-lock';
import { findDependents, volumesOfOthers } from './dependents';
import { loadRecordIfWhole } from './find';
import { containerPaths } from './paths';
import { removeFiles, type RemovedContainer } from './remove-files';
import { isAlive, readState, type ContainerState } from './state/status';
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

/** How often one that others start again is stopped. */
const STOPS = 5;
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
  let left = withDependents(ctx, ids, { removal, depend: options.depend ?? false });
  for (let tries = 0; left.length > 0; tries++) {
    const ended = options.force ? await stopAll(ctx, left, { removal, timeout: options.timeout }) : left;
    left = removeEnded(ctx, ended, { removal, options, isLast: !options.force || tries === STOPS });
  }
  return removal;
}

/** Removes those that have ended; returns those that another command has started meanwhile, which are to be stopped again. */
function removeEnded(
  ctx: Context,
  ids: readonly string[],
  { removal, options, isLast }: { removal: Removal; options: RemoveOptions; isLast: boolean },
): string[] {
  const claims: Claim[] = [];
  const running: string[] = [];
  // in one order, and with nothing to wait for in between: two commands never wait for each other's locks
  for (const id of [...ids].sort()) {
    try {
      claims.push(claim(ctx, id, options));
    } catch (error) {
      if (isRunning(error) && !isLast) running.push(id);
      else removal.failures.push(error);
    }
  }
  try {
    const claimed = new Map(claims.map((each) => [each.container.id, each]));
    const inOrder = ids.flatMap((id) => claimed.get(id) ?? []);
    const containers = inOrder.map(({ container }) => container);
    const gone = new Set(removeFiles(ctx, containers));
    removal.removed.push(...containers.map(({ id }) => id));
    for (const { container, tell } of inOrder) if (gone.has(container.id)) tell();
  } finally {
    for (const { release } of claims) release();
  }
  return running;
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

/** Those that do not run now. */
async function stopAll(
  ctx: Context,
  ids: readonly string[],
  { removal, timeout }: { removal: Removal; timeout: number | undefined },
): Promise<string[]> {
  const stop = async (id: string): Promise<boolean> => {
    try {
      if (isAlive(readState(ctx, id))) await stopForRemoval(ctx, id, timeout);
      return true;
    } catch (error) {
      removal.failures.push(error);
      return false;
    }
  };
  const ended = await Promise.all(ids.map(stop));
  return ids.filter((_, index) => ended[index]);
}

async function stopForRemoval(ctx: Context, id: string, timeout: number | undefined): Promise<void> {
  const { stopContainer } = await import('./stop');
  const kill = timeout === 0 || readState(ctx, id).phase === 'paused';
  await stopContainer(ctx, id, { timeout, kill, inPassing: true });
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

function isRunning(error: unknown): boolean {
  return error instanceof TspodError && error.exitCode === STILL_RUNNING;
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
