import { readFileSync } from 'node:fs';
import type { Context } from '../lib/context';
import { describeError, TspodError, wrapError } from '../lib/errors';
import { addCgroupUpdate } from '../runtime/cgroup-update';
import type { OciResources, OciSpec } from '../runtime/oci-spec';
import { Plan } from '../runtime/plan';
import { updateMonitor } from '../runtime/update-monitor';
import { writeFileAtomic } from '../sys/file-io';
import { lockFile } from '../sys/file-lock';
import { loadRecord } from './find';
import { addHealth } from './health/health-plan';
import { changeHealth } from './options/change-health';
import type { HealthTexts } from './options/parse-health';
import { checkLimits, withoutNone } from './options/parse-limits';
import { containerPaths } from './paths';
import type { ContainerOptions, ContainerRecord, Limits } from './record';
import { resourcesOf } from './spec/resources';
import { specText } from './spec/spec-text';
import { RESTART } from './start-plan';
import { isAlive, readState, type ContainerState } from './state/status';
import { recordContainerEvent } from './container-events';

/** What is to be different from now on; what is absent stays. */
export interface ContainerChanges {
  /** From parseLimitChanges(). */
  limits: Limits;
  restart?: ContainerOptions['restart'];
  env: Record<string, string>;
  unsetEnv: readonly string[];
  /** What was typed of health checks. */
  health?: HealthTexts;
}

/**
 * Changes a container: its record, and while it runs its control group and its monitor, so that restarts keep it. New
 * variables are for the next start of its program. All of it is done, or nothing. Throws 'usage' for limits that contradict each
 * other, 'machine' for those that cannot be applied.
 */
export async function updateContainer(ctx: Context, id: string, changes: ContainerChanges): Promise<void> {
  const paths = containerPaths(ctx, id);
  const state = readState(ctx, id);
  const lock = lockFile(paths.lock);
  try {
    const before = loadRecord(ctx, id);
    const record = changedRecord(before, changes);
    if (isAlive(state)) await updateRunning(ctx, { before, record, changes, state });
    writeFileAtomic(paths.record, `${JSON.stringify(record)}\n`, {
      temporary: `${paths.record}.${process.pid}`,
    });
    recordContainerEvent(ctx, record, 'update');
  } finally {
    lock?.release();
  }
}

interface RunningUpdate {
  before: ContainerRecord;
  record: ContainerRecord;
  changes: ContainerChanges;
  state: ContainerState;
}

function changedRecord(record: ContainerRecord, changes: ContainerChanges): ContainerRecord {
  const { health, startupHealth, healthPolicy, ...options } = record.options;
  const checks = {
    ...(health ? { health } : {}),
    ...(startupHealth ? { startupHealth } : {}),
    ...(healthPolicy ? { healthPolicy } : {}),
  };
  const { restart = options.restart, env, unsetEnv } = changes;
  if (options.autoRemove && restart.policy !== 'no')
    throw new TspodError('usage', 'a container with --rm cannot have a restart policy');
  const kept = Object.entries(options.env).filter(([name]) => !unsetEnv.includes(name));
  return {
    ...record,
    options: {
      ...options,
      ...(changes.health ? changeHealth(checks, changes.health) : checks),
      limits: mergeLimits(options, changes.limits),
      restart,
      env: { ...Object.fromEntries(kept), ...env },
      ...(unsetEnv.length > 0 ? { unsetEnv: [...(options.unsetEnv ?? []), ...unsetEnv] } : {}),
    },
    process: { ...record.process, env: changedEnv(record.process.env, changes) },
  };
}

function mergeLimits({ limits: before, cgroups }: ContainerOptions, changes: Limits): Limits {
  if (Object.keys(changes).length === 0) return before;
  if (cgroups === 'disabled')
    throw new TspodError('usage', 'the container was made with --cgroups=disabled: it cannot have limits');
  const limits = withoutNone({ ...before, ...changes });
  if (changes.pids !== undefined) delete limits.pidsIsDefault;
  checkLimits(limits);
  return limits;
}

function changedEnv(before: readonly string[], { env, unsetEnv }: ContainerChanges): string[] {
  const variables = new Map(before.map((entry) => [entry.slice(0, entry.indexOf('=')), entry]));
  for (const name of unsetEnv) variables.delete(name);
  for (const [name, value] of Object.entries(env)) variables.set(name, `${name}=${value}`);
  return [...variables.values()];
}

/** The monitor goes first: it alone knows whether the kernel takes the limits. */
async function updateRunning(ctx: Context, update: RunningUpdate): Promise<void> {
  const { before, record, changes, state } = update;
  const paths = containerPaths(ctx, record.id);
  const spec = readSpec(paths.config);
  const plan = new Plan();
  const empty = plan.bytes().length;
  const isLimited = Object.keys(changes.limits).length > 0;
  if (isLimited) spec.linux.resources = addLimits(plan, ctx, { from: before, to: record, state });
  if (changes.restart) plan.add('RESTART', RESTART[changes.restart.policy], changes.restart.maximum);
  if (Object.keys(changes.env).length + changes.unsetEnv.length > 0) {
    spec.process.env = changedEnv(spec.process.env ?? [], changes);
    plan.add('ENV', ...spec.process.env);
  }
  if (changes.health) addHealth(plan, ctx, record);
  if (plan.bytes().length === empty) return;
  try {
    await updateMonitor(paths.attachSocket, plan);
  } catch (error) {
    if (isLimited) await takeBack(ctx, update);
    throw wrapError(`updating container "${record.name}"`, error);
  }
  writeFileAtomic(paths.config, specText(spec), { temporary: `${paths.config}.${process.pid}` });
}

/** The limits before the one that was refused are in force: those of before are written again. */
async function takeBack(ctx: Context, { before, record, state }: RunningUpdate): Promise<void> {
  const plan = new Plan();
  addLimits(plan, ctx, { from: record, to: before, state });
  try {
    await updateMonitor(containerPaths(ctx, record.id).attachSocket, plan);
  } catch (error) {
    ctx.log('debug', `taking limits back: ${describeError(error)}`);
  }
}

/** The greatest limits are numbers that JavaScript cannot hold; specText() writes them again. */
function readSpec(path: string): OciSpec {
  return JSON.parse(readFileSync(path, 'utf8').replaceAll(':18446744073709551615', ':-1')) as OciSpec;
}

function addLimits(
  plan: Plan,
  ctx: Context,
  { from, to, state }: { from: ContainerRecord; to: ContainerRecord; state: ContainerState },
): OciResources {
  const resources = resourcesOf(to.options.limits);
  addCgroupUpdate(plan, ctx, {
    id: to.id,
    resources,
    isPidsDefault: to.options.limits.pidsIsDefault ?? false,
    directory: state.cgroup,
    before: resourcesOf(from.options.limits),
  });
  return resources;
}
