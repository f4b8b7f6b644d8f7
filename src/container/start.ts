import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Context } from '../lib/context';
import { becomeHelper, runHelper } from '../runtime/helper';
import { helperError } from '../runtime/helper-error';
import type { Plan } from '../runtime/plan';
import { isChecked } from './health-config';
import { containerPaths } from './paths';
import type { ContainerRecord } from './record';
import { startPlan, type StartMode } from './start-plan';
import { buildSpec } from './spec/build-spec';
import { specText } from './spec/spec-text';

export type { ForegroundStreams, StartMode } from './start-plan';

/**
 * Starts a container and becomes its foreground, or the one that prints its id: this process is replaced by the
 * helper, so nothing of Node stays while the container runs. Never returns.
 */
export async function startContainer(ctx: Context, record: ContainerRecord, mode: StartMode): Promise<never> {
  return becomeHelper(ctx, 'start', await prepareStart(ctx, await withLogTag(ctx, record), mode));
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
async function prepareStart(ctx: Context, record: ContainerRecord, mode: StartMode): Promise<Plan> {
  const paths = containerPaths(ctx, record.id);
  const spec = buildSpec(ctx, record);
  writeFileSync(paths.config, specText(spec));
  mkdirSync(`${ctx.paths.runRoot}/containers`, { recursive: true, mode: 0o700 });
  rmSync(paths.stopRequested, { force: true });
  const plan = startPlan(ctx, record, spec, mode);
  if (!isChecked(record.options.health)) return plan;
  const { addHealth } = await import('./health/health-plan');
  addHealth(plan, ctx, record);
  return plan;
}
