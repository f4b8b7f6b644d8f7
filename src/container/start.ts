import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import type { Context } from '../lib/context';
import { followMonitor, type EarlyMonitor } from '../runtime/early-monitor';
import { becomeHelper, runHelper, startForeground } from '../runtime/helper';
import { helperError } from '../runtime/helper-error';
import type { Plan } from '../runtime/plan';
import { HOOKS_DIRECTORY } from './further/hooks-directory';
import { isChecked } from './create/health-config';
import { containerPaths } from './paths';
import type { ContainerRecord } from './record';
import { startPlan, type StartMode } from './start-plan';
import { buildSpec } from './spec/build-spec';
import { specText } from './spec/spec-text';

export type { ForegroundStreams, StartMode } from './start-plan';

/**
 * Starts a container and becomes its foreground, or the one that prints its id: this process is replaced by the
 * helper, so nothing of Node stays while the container runs. A `monitor` that is there already gets the plan. Never returns.
 */
export async function startContainer(
  ctx: Context,
  record: ContainerRecord,
  mode: StartMode,
  monitor?: EarlyMonitor,
): Promise<never> {
  const kept = ctx.env['LISTEN_FDS'] ? await withListening(ctx, mode) : mode;
  const plan = await prepareStart(ctx, await withLogTag(ctx, record), kept);
  if (monitor) return followMonitor(ctx, monitor, plan);
  return becomeHelper(ctx, 'start', plan, kept.preserve);
}

async function withListening(ctx: Context, mode: StartMode): Promise<StartMode> {
  const { listenDescriptors } = await import('./further/listen-descriptors');
  return { ...mode, preserve: [...(mode.preserve ?? []), ...listenDescriptors(ctx).descriptors] };
}

/** Starts a container in the background and waits until its program runs; throws what went wrong. */
export async function startDetached(
  ctx: Context,
  record: ContainerRecord,
  mode: StartMode = {},
): Promise<void> {
  const plan = await prepareStart(ctx, await withLogTag(ctx, record), mode);
  const result = runHelper(ctx, 'start', plan, { capture: true });
  if (result.status === 0) return;
  throw helperError(`starting container "${record.name}"`, result);
}

/**
 * Starts a container in the foreground of a process that this one waits for; `complete` adds to the plan. Its output comes
 * through pipes.
 */
export async function startBeside(
  ctx: Context,
  record: ContainerRecord,
  mode: StartMode,
  complete: (plan: Plan) => void,
): Promise<ChildProcess> {
  const plan = await prepareStart(ctx, record, mode);
  complete(plan);
  return startForeground(ctx, plan, mode.foreground?.stdin ? 'inherit' : 'ignore');
}

/** The tag of a log may be a Go template: that is loaded only where one is. */
async function withLogTag(ctx: Context, record: ContainerRecord): Promise<ContainerRecord> {
  const { log } = record.options;
  if (!log.tag?.includes('{{')) return record;
  const { expandLogTag } = await import('./logs/log-tag');
  return {
    ...record,
    options: { ...record.options, log: { ...log, tag: expandLogTag(ctx, record, log.tag) } },
  };
}

/** The configuration is written anew at each start: users, hosts and limits may have changed since the last. */
async function prepareStart(ctx: Context, made: ContainerRecord, mode: StartMode): Promise<Plan> {
  const record = made.options.secrets
    ? (await import('./secrets/give-secrets')).giveSecrets(ctx, made, made.options.secrets)
    : made;
  const further = needsFurther(ctx, record, mode) ? await import('./further/start-further') : undefined;
  await further?.startRequired(ctx, record);
  const bridge =
    record.options.network.kind === 'bridge' ? await import('./networks/start-bridge') : undefined;
  const bridged = bridge?.prepareBridge(ctx, record);
  const paths = containerPaths(ctx, record.id);
  const spec = buildSpec(ctx, record);
  await further?.completeSpec(ctx, record, spec);
  // renamed: an exec of the run that another command has just begun may be reading it
  const temporary = `${paths.config}.${process.pid}`;
  writeFileSync(temporary, specText(spec), { mode: 0o600 });
  renameSync(temporary, paths.config);
  mkdirSync(`${ctx.paths.runRoot}/containers`, { recursive: true, mode: 0o700 });
  if (mayLackAccess(record, spec.process.user.uid))
    (await import('./access-hint')).warnOfAccess(ctx, record, spec.process.user);
  const plan = startPlan(ctx, record, spec, mode);
  if (bridged) bridge?.addBridge(plan, ctx, bridged);
  further?.completePlan(plan, ctx, { record, spec, mode });
  if (!isChecked(record.options.health)) return plan;
  const { addHealth } = await import('./health/health-plan');
  addHealth(plan, ctx, record);
  return plan;
}

/** Root of the container may do what its owner may. */
function mayLackAccess({ options }: ContainerRecord, uid: number): boolean {
  return uid !== 0 && options.mounts.some(({ kind }) => kind === 'bind' || kind === 'volume');
}

/** What few containers have is added by code that is loaded only then. */
function needsFurther(ctx: Context, { options }: ContainerRecord, { preserve }: StartMode): boolean {
  const { env, overrides, defaults } = ctx;
  if (options.further || options.systemd || preserve || env['NOTIFY_SOCKET'] || env['LISTEN_FDS'])
    return true;
  if (options.mounts.some(({ kind }) => kind === 'image')) return true;
  const folders = overrides?.hooksDirs ?? defaults?.hooksDirs ?? [HOOKS_DIRECTORY];
  return folders.some((path) => existsSync(path));
}
