import { readdirSync } from 'node:fs';
import { namespaceId } from '../namespaces';
import { readProcFile } from '../state/process-time';
import type { Usage } from './group-usage';

/** Microseconds in a clock tick: USER_HZ is 100 on every Linux. */
const TICK = 10_000;
const PAGE = 4096;

/** What processes use together: processor time with that of the children that they have waited for, memory of their own. */
export function processUsage(pids: readonly number[]): Usage {
  const sum = { cpu: 0, systemCpu: 0, memory: 0, tasks: 0 };
  for (const pid of pids) {
    const stat = readProcFile(`/proc/${pid}/stat`);
    const memory = readProcFile(`/proc/${pid}/statm`)?.split(' ');
    if (stat === undefined || memory === undefined) continue;
    // proc(5): fields are counted from 1, and the second may hold blanks
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const field = (number: number): number => Number(fields[number - 3]);
    sum.systemCpu += (field(15) + field(17)) * TICK;
    sum.cpu += (field(14) + field(15) + field(16) + field(17)) * TICK;
    sum.memory += (Number(memory[1]) - Number(memory[2])) * PAGE;
    sum.tasks += field(20);
  }
  return sum;
}

/** The processes of a control group. */
export function groupProcesses(directory: string): number[] {
  return (readProcFile(`${directory}/cgroup.procs`) ?? '').split('\n').filter(Boolean).map(Number);
}

/**
 * Finds the processes of containers without a control group: those in the process namespace of the first one; in the host's, the
 * first one and its descendants. One look at /proc for all.
 */
export function namespaceProcesses(firsts: readonly number[]): Map<number, number[]> {
  const found = new Map<number, number[]>(firsts.map((pid) => [pid, []]));
  const own = namespaceId('self', 'pid');
  const byNamespace = new Map(firsts.map((pid) => [namespaceId(pid, 'pid'), pid]));
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  for (const pid of all) {
    const namespace = namespaceId(pid, 'pid');
    const first = namespace === own || namespace === '' ? undefined : byNamespace.get(namespace);
    if (first !== undefined) found.get(first)?.push(pid);
  }
  for (const first of firsts) if (found.get(first)?.length === 0) found.set(first, descendants(first));
  return found;
}

function descendants(pid: number): number[] {
  const children = (readProcFile(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter(Boolean);
  return [pid, ...children.flatMap((child) => descendants(Number(child)))];
}
