import { rmSync } from 'node:fs';
import type { Context } from '../lib/context';
import { lockFile } from '../sys/file-lock';
import { containerPaths } from './paths';
import { isAlive, readState } from './state/status';

/**
 * Takes away what a container that has ended may have left: its monitor does that by itself, unless it was killed. False
 * when the container runs: then nothing is touched.
 */
export function cleanUpContainer(ctx: Context, id: string): boolean {
  // processes and control group of a container whose monitor was killed go here
  if (isAlive(readState(ctx, id))) return false;
  const paths = containerPaths(ctx, id);
  const lock = lockFile(paths.lock);
  try {
    if (isAlive(readState(ctx, id))) return false;
    rmSync(paths.runDirectory, { recursive: true, force: true });
    return true;
  } finally {
    lock?.release();
  }
}
