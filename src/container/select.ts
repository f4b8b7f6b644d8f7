import { readFileSync } from 'node:fs';
import type { Context } from '../lib/context';
import { describeError, isErrno, TspodError } from '../lib/errors';
import { parseContainerFilters } from './list/filters';
import { containerIds, findContainerId, latestContainer } from './find';
import { listContainers, type ListedContainer } from './list/list';
import type { ContainerPhase } from './state/status';

/** Which containers a command with several targets means: names, or one of the options that stand for names. */
export interface Selection {
  names: readonly string[];
  all?: boolean | undefined;
  latest?: boolean | undefined;
  filters?: readonly string[] | undefined;
  cidfiles?: readonly string[] | undefined;
  /** A missing container, or cidfile, is no error. */
  ignore?: boolean | undefined;
}

/** One container that is meant. */
export interface Target {
  id: string;
  /** What the command prints for it: what was typed, else the full id. */
  label: string;
}

/** What was found, and the errors for names that stand for nothing. */
export interface Selected {
  targets: Target[];
  failures: unknown[];
}

/**
 * Finds the containers that are meant, each once. `phases` are those that `--all` and `--filter` are limited to. Throws
 * 'usage' in Podman's words for selections that contradict each other; names that are not found are among the failures.
 */
export function selectContainers(
  ctx: Context,
  selection: Selection,
  phases?: readonly ContainerPhase[],
): Selected {
  checkSelection(selection);
  const { all, latest, filters = [], cidfiles = [], ignore } = selection;
  if (latest) return onlyTargets([latestContainer(ctx)]);
  if (all || filters.length > 0) {
    const matches = parseContainerFilters(ctx, filters);
    const listed = listContainers(ctx, phases);
    const chosen = listed.filter(matches).map(({ record }) => record);
    // only `rm --all` asks for every phase: it is to find those with a broken record, too
    const broken = phases || filters.length > 0 ? [] : brokenContainers(ctx, listed);
    return onlyTargets([...chosen, ...broken]);
  }
  const names = [...selection.names, ...cidfiles.flatMap((file) => readCidfile(file, ignore ?? false))];
  return findNames(ctx, names, ignore ?? false);
}

/** One error for each that failed: a single one as it is, several together. Does nothing when there are none. */
export function throwFailures(failures: readonly unknown[]): void {
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures);
}

function checkSelection({ names, all, latest, filters = [], cidfiles = [] }: Selection): void {
  const fail = (message: string): never => {
    throw new TspodError('usage', message);
  };
  if (all && latest) fail('--all and --latest cannot be used together');
  if ((all || latest) && cidfiles.length > 0) fail('--all, --latest, and --cidfile cannot be used together');
  if (names.length > 0) {
    if (all) fail('no arguments are needed with --all');
    if (latest) fail('--latest and containers cannot be used together');
    if (filters.length > 0) fail('--filter takes no arguments');
  }
  if (names.length + cidfiles.length + filters.length === 0 && !all && !latest)
    fail('you must provide at least one name or id');
}

function onlyTargets(records: readonly { id: string }[]): Selected {
  return { targets: records.map(({ id }) => ({ id, label: id })), failures: [] };
}

function brokenContainers(ctx: Context, listed: readonly ListedContainer[]): { id: string }[] {
  const whole = new Set(listed.map(({ record }) => record.id));
  return containerIds(ctx).flatMap((id) => (whole.has(id) ? [] : [{ id }]));
}

function findNames(ctx: Context, names: readonly string[], ignore: boolean): Selected {
  const targets = new Map<string, Target>();
  const failures: unknown[] = [];
  for (const name of names) {
    try {
      const id = findContainerId(ctx, name);
      if (!targets.has(id)) targets.set(id, { id, label: name });
    } catch (error) {
      const isMissing = error instanceof TspodError && error.code === 'not-found';
      if (!(ignore && isMissing)) failures.push(error);
    }
  }
  return { targets: [...targets.values()], failures };
}

function readCidfile(file: string, ignore: boolean): string[] {
  try {
    return [(readFileSync(file, 'utf8').split('\n')[0] ?? '').trim()];
  } catch (error) {
    if (ignore && isErrno(error, 'ENOENT')) return [];
    throw new TspodError('system', `reading CIDFile: ${describeError(error)}`, { cause: error });
  }
}
