import { readProcFile } from '../state/process-time';

/** What a container uses, as far as one source tells; times in microseconds, sizes in bytes. */
export interface Usage {
  cpu?: number;
  systemCpu?: number;
  memory?: number;
  /** Absent: no limit. */
  memoryLimit?: number;
  read?: number;
  written?: number;
  tasks?: number;
}

/** What the files of a control group tell (cgroup-v2.rst); what has no controller there is absent. */
export function groupUsage(directory: string): Usage {
  const usage: Usage = {};
  const cpu = readProcFile(`${directory}/cpu.stat`);
  if (cpu !== undefined) {
    usage.cpu = numberOf(cpu, 'usage_usec');
    usage.systemCpu = numberOf(cpu, 'system_usec');
  }
  const controllers = (readProcFile(`${directory}/cgroup.controllers`) ?? '').split(/\s+/);
  const read = (file: string): string | undefined =>
    // a file that is not there costs more than one that is
    controllers.includes(file.slice(0, file.indexOf('.'))) ? readProcFile(`${directory}/${file}`) : undefined;
  const memory = read('memory.stat');
  if (memory !== undefined) {
    // as Podman: without the page cache, which the kernel takes back when it needs to
    usage.memory = numberOf(memory, 'anon');
    const most = read('memory.max')?.trim() ?? 'max';
    if (most !== 'max') usage.memoryLimit = Number(most);
  }
  const io = read('io.stat');
  if (io !== undefined) Object.assign(usage, { read: sumOf(io, 'rbytes'), written: sumOf(io, 'wbytes') });
  const tasks = read('pids.current');
  if (tasks !== undefined) usage.tasks = Number(tasks);
  return usage;
}

/** `name 123` in lines of their own. */
function numberOf(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

/** `name=123` of all devices. */
function sumOf(text: string, name: string): number {
  let sum = 0;
  for (const [, value] of text.matchAll(new RegExp(`\\b${name}=(\\d+)`, 'g'))) sum += Number(value);
  return sum;
}
