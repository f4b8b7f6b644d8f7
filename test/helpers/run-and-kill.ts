import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { tspodProgram } from './project';
import { homeEnvironment } from './test-home';

/** Starts `tspod ARGS`, and kills it with all that it has started after `delay` milliseconds. */
export async function runAndKill(args: readonly string[], delay: number): Promise<void> {
  const child = spawn(tspodProgram, args, { env: homeEnvironment(), stdio: 'ignore', detached: true });
  const ended = once(child, 'close');
  await pause(delay);
  try {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
  } catch {
    // it was faster
  }
  await ended;
}
