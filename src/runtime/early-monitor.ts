import { closeSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import type { Context } from '../lib/context';
import { replaceProcess, startProgram } from '../sys/exec';
import { socketPair } from '../sys/socket-pair';
import { becomeHelper, missingHelper, openPlan, writePlan } from './helper';
import { Plan } from './plan';
import { addCommonUserns } from './userns';

/** A monitor whose container is still being made (native/role_monitor.c). It ends with this process. */
export interface EarlyMonitor {
  pid: number;
  /** Of its plan, which it has only the beginning of. */
  plan: number;
  socket: number;
}

/**
 * Starts a monitor that enters the common user namespace while this process makes its container; undefined where that fails: the
 * usual way then says why.
 */
export function startEarlyMonitor(ctx: Context): EarlyMonitor | undefined {
  const opened: number[] = [];
  try {
    const beginning = new Plan();
    addCommonUserns(beginning, ctx);
    const plan = openPlan(ctx);
    opened.push(plan);
    writePlan(plan, beginning, ctx);
    const [socket, end] = socketPair();
    opened.push(socket, end);
    const argv = ['tspod', 'monitor', String(plan), String(end)];
    const pid = startProgram(ctx.paths.helper, argv, ctx.env, [plan, end]);
    closeSync(end);
    return { pid, plan, socket };
  } catch {
    opened.forEach((descriptor) => closeSync(descriptor));
    return undefined;
  }
}

/**
 * Gives the monitor its whole plan and replaces this process by its relay, or by the command that prints the id; never returns.
 * The monitor sets the container up meanwhile, and does not run its program before the relay is there.
 */
export function followMonitor(ctx: Context, { pid, plan: fd, socket }: EarlyMonitor, plan: Plan): never {
  if (!isThere(socket)) return becomeHelper(ctx, 'start', plan);
  ftruncateSync(fd);
  writePlan(fd, plan, ctx);
  writeSync(socket, 'p');
  try {
    const argv = ['tspod', 'start', String(fd), String(socket), String(pid)];
    return replaceProcess(ctx.paths.helper, argv, ctx.env, [fd, socket]);
  } catch (error) {
    closeSync(socket);
    throw missingHelper(ctx, error);
  }
}

/** Waits until it is in the user namespace; false when it has ended. */
function isThere(socket: number): boolean {
  try {
    return readSync(socket, Buffer.alloc(1)) === 1;
  } catch {
    return false;
  }
}
