import type { ChildProcess, ChildProcessWithoutNullStreams } from 'node:child_process';
import { closeSync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs';
import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { randomId } from '../lib/id';
import { replaceProcess } from '../sys/exec';
import { runToEnd } from '../sys/run-to-end';
import type { EndedProgram } from '../sys/run-to-end';
import { addHelperScope } from './cgroup-ops';
import type { Plan } from './plan';

/** What the native helper can be told to be. */
export type HelperRole = 'start' | 'exec' | 'attach' | 'enter' | 'tree' | 'copy' | 'seccomp' | 'probe';

/** How a helper that was waited for ended. */
export interface HelperResult {
  status: number;
  stdout: Buffer;
  stderr: string;
}

/** Replaces this process by the helper in a role, with a plan, and the descriptors in `keep`; never returns. */
export function becomeHelper(
  ctx: Context,
  role: HelperRole,
  plan: Plan,
  keep: readonly number[] = [],
): never {
  const fd = planDescriptor(ctx, plan);
  try {
    return replaceProcess(ctx.paths.helper, ['tspod', role, String(fd)], ctx.env, [fd, ...keep]);
  } catch (error) {
    closeSync(fd);
    throw missingHelper(ctx, error);
  }
}

/** How the helper is run. */
export interface HelperOptions {
  args?: readonly string[];
  input?: string;
  capture?: boolean;
}

/**
 * Runs the helper in a role with a plan and waits for it. Its standard input and error are this process's own
 * unless `capture` is set, then its standard output and error are in the result.
 */
export function runHelper(
  ctx: Context,
  role: HelperRole,
  plan: Plan | undefined,
  options: HelperOptions = {},
): HelperResult {
  const fd = plan === undefined ? undefined : planDescriptor(ctx, plan);
  const argv = ['tspod', role, ...(fd === undefined ? [] : ['3']), ...(options.args ?? [])];
  try {
    const result = runToEnd(ctx.paths.helper, argv, {
      ...{ env: ctx.env, input: options.input, capture: options.capture ?? false },
      pass: fd === undefined ? [] : [fd],
    });
    return helperResult(result);
  } catch (error) {
    throw missingHelper(ctx, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** One that a signal has ended has the status 125. */
export function helperResult({ status = 125, stdout, stderr }: EndedProgram): HelperResult {
  return { status, stdout, stderr: stderr.toString() };
}

/** Starts the helper in a role with a plan, with pipes to its standard output and error, and to its input unless that is this process's own. */
export function startHelper(
  ctx: Context,
  role: HelperRole,
  plan: Plan,
  stdin: 'pipe' | 'inherit' = 'pipe',
): ChildProcessWithoutNullStreams {
  return spawnHelper(ctx, role, plan, [stdin, 'pipe', 'pipe']) as ChildProcessWithoutNullStreams;
}

/** The descriptor of the helper that `startForeground` leads to: for the op LIFELINE. */
export const LIFELINE = 4;

/**
 * Starts the helper as the foreground of a container, with pipes to its output and error. Its descriptor `LIFELINE` is
 * open as long as this process lives.
 */
export function startForeground(ctx: Context, plan: Plan, stdin: 'inherit' | 'ignore'): ChildProcess {
  return spawnHelper(ctx, 'start', plan, [stdin, 'pipe', 'pipe'], ['pipe']);
}

function spawnHelper(
  ctx: Context,
  role: HelperRole,
  plan: Plan,
  streams: ('pipe' | 'inherit' | 'ignore')[],
  further: 'pipe'[] = [],
): ChildProcess {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const fd = planDescriptor(ctx, plan);
  try {
    const env = ctx.env as NodeJS.ProcessEnv;
    const child = spawn(ctx.paths.helper, [role, '3'], {
      argv0: 'tspod',
      env,
      stdio: [...streams, fd, ...further],
    });
    if ((child.stdout as unknown) === undefined) throw tooManyFiles(child);
    return child;
  } finally {
    closeSync(fd);
  }
}

/** Where there is no room for pipes Node makes a child without them, and tells of it later. */
function tooManyFiles(child: ChildProcess): TspodError {
  child.on('error', () => undefined);
  return new TspodError('machine', 'starting tspod-helper: too many open files', {
    hint: '"ulimit -n" tells how many there may be, and allows more',
  });
}

function planDescriptor(ctx: Context, plan: Plan): number {
  const fd = openPlan(ctx);
  writePlan(fd, plan, ctx);
  return fd;
}

/** Writes a plan to its file, with what the helper needs to start others. */
export function writePlan(fd: number, plan: Plan, ctx: Context): void {
  addHelperScope(plan, ctx);
  const bytes = plan.bytes();
  writeSync(fd, bytes, 0, bytes.length, 0);
}

/** An open, unlinked file for a plan: nothing is left of it, however this process ends. */
export function openPlan(ctx: Context): number {
  const path = `${ctx.paths.runRoot}/plan-${randomId().slice(0, 16)}`;
  let fd: number;
  try {
    fd = openSync(path, 'wx+', 0o600);
  } catch {
    mkdirSync(ctx.paths.runRoot, { recursive: true, mode: 0o700 });
    fd = openSync(path, 'wx+', 0o600);
  }
  unlinkSync(path);
  return fd;
}

/** The error for a helper that cannot be executed. */
export function missingHelper(ctx: Context, cause: unknown): TspodError {
  return new TspodError('machine', `running the native helper "${ctx.paths.helper}": it cannot be executed`, {
    hint: 'build it with "npm run build" in the package\'s folder (needs gcc, make and libseccomp-dev)',
    cause,
  });
}
