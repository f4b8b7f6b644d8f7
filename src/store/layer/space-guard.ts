import { statfsSync } from 'node:fs';
import { TspodError } from '../../lib/errors';

/** Stops an archive from filling the disk. */
export interface SpaceGuard {
  /** To be called before `bytes` more are written. Error `system`: they would fill the disk. */
  take(bytes: number): void;
}

/** Between two looks at the file system, in bytes. */
const interval = 64 << 20;

/** Leaves the last percent of the file system of `path`, at most 100 MB of it, free for everything else. */
export function createSpaceGuard(path: string): SpaceGuard {
  let left = 0;
  function look(bytes: number): void {
    const { bsize, blocks, bavail } = statfsSync(path);
    const reserve = Math.min((blocks * bsize) / 100, 100 << 20);
    const available = bavail * bsize - reserve;
    if (bytes > available) {
      throw new TspodError(
        'system',
        `needs more than the ${megabytes(available)} MB that are free on the disk`,
        {
          hint: 'free some space, or remove unused images with "tspod rmi"',
        },
      );
    }
    left = Math.min(interval, available);
  }
  return {
    take(bytes) {
      if (bytes > left) look(bytes);
      left -= bytes;
    },
  };
}

function megabytes(bytes: number): number {
  return Math.max(0, Math.floor(bytes / 1e6));
}
