import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const QUIET_MS = 500;
const LONGEST_MS = 15_000;

/**
 * Writes everything out and waits until the disks rest: what one engine left to be written, or the file system does about
 * what was removed, is not to be measured with the other's work.
 */
export function settleDisks(): void {
  spawnSync('sync');
  const end = Date.now() + LONGEST_MS;
  let before = readFileSync('/proc/diskstats', 'utf8');
  while (Date.now() < end) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, QUIET_MS);
    const now = readFileSync('/proc/diskstats', 'utf8');
    if (now === before) return;
    before = now;
  }
}
