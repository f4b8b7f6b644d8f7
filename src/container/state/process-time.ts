import { readFileSync } from 'node:fs';

/**
 * When a process started, in clock ticks since boot (field 22 of /proc/PID/stat); undefined when there is none with
 * this pid, or it has ended and waits for its parent. With the pid it names one process for good.
 */
export function processStartTime(pid: number): number | undefined {
  return parseStartTime(readProcFile(`/proc/${pid}/stat`));
}

/** Field 22 of the text of /proc/PID/stat; the name in field 2 may hold blanks and parentheses. */
export function parseStartTime(stat: string | undefined): number | undefined {
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return fields[19] === undefined ? undefined : Number(fields[19]);
}

/** Whether the process with this pid is the one that started then. */
export function isProcess(pid: number, startTime: number): boolean {
  return pid > 0 && processStartTime(pid) === startTime;
}

/** A file of /proc, or undefined when its process is gone. */
export function readProcFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
