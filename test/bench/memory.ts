import { readFileSync, readdirSync } from 'node:fs';

/** The program that idle containers of the bench run: their own memory is not counted. */
const IDLE_PROGRAM = 'sleep';

/** The processes that there are now. */
export function processIds(): Set<string> {
  return new Set(readdirSync('/proc').filter((name) => /^\d+$/.test(name)));
}

/** How many of the processes that came after `before` are the containers' own. */
export function idleCount(before: ReadonlySet<string>): number {
  return newProcesses(before).filter((pid) => commandOf(pid) === IDLE_PROGRAM).length;
}

/** The proportional set size, in MB, of the processes that came after `before` and are not the containers' own. */
export function engineMemory(before: ReadonlySet<string>): number {
  const sizes = newProcesses(before)
    .filter((pid) => commandOf(pid) !== IDLE_PROGRAM)
    .map(proportionalSize);
  return sizes.reduce((sum, each) => sum + each, 0);
}

function newProcesses(before: ReadonlySet<string>): string[] {
  return [...processIds()].filter((pid) => !before.has(pid) && pid !== String(process.pid));
}

function commandOf(pid: string): string {
  return read(`/proc/${pid}/comm`).trim();
}

// Kernel threads and processes that have just ended have no size.
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
