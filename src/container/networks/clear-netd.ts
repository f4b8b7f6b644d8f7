import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { withFileLock } from '../../sys/file-lock';

/**
 * Removes the files of a netd that was killed together with the monitors that would have started another one. Does nothing while
 * one listens, or is being started.
 */
export function clearNetd(ctx: Context): void {
  const { runRoot } = ctx.paths;
  const socket = `${runRoot}/netd.sock`;
  if (!existsSync(socket)) return;
  // monitors start netd with this lock
  withFileLock(`${runRoot}/netd.lock`, () => {
    if (isListening(socket)) return;
    for (const path of [`${runRoot}/netd`, socket]) rmSync(path, { recursive: true, force: true });
  });
}

/** One with a long path is bound by a short one that leads there (native/io.c): then any netd counts. */
function isListening(socket: string): boolean {
  const paths = readFileSync('/proc/net/unix', 'utf8').split('\n');
  return paths.some((line) => line.endsWith(` ${socket}`) || /\/proc\/.*\/netd\.sock$/.test(line));
}
