import { readFileSync, readdirSync } from 'node:fs';

/** The program that idle containers of the bench run: their own memory is not counted. */
const IDLE_PROGRAM = 'sleep';

/**
 * The proportional set size, in MB, of the processes of the engine whose home is `home`, without the containers' own.
 * Other processes come and go on the machine: an engine's are those whose environment or arguments name its home.
 */
export function engineMemory(home: string): number {
  const own = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && belongsTo(home, pid));
  return own.map(proportionalSize).reduce((sum, each) => sum + each, 0);
}

function belongsTo(home: string, pid: string): boolean {
  if (pid === String(process.pid) || read(`/proc/${pid}/comm`).trim() === IDLE_PROGRAM) return false;
  return [read(`/proc/${pid}/environ`), read(`/proc/${pid}/cmdline`)].some((text) => text.includes(home));
}

// Processes that have just ended have no size.
function proportionalSize(pid: string): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
