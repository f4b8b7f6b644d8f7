import { existsSync } from 'node:fs';
import { readProcFile } from './process-time';

const MOUNTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'];

/** The directory of the control group that holds a container's first process and nothing else; undefined: it has none. */
export function containerCgroup(id: string, pid: number): string | undefined {
  const path = cgroupPath(pid);
  // a container without one of its own is in the group of whoever started it
  if (path === undefined || !path.includes(id)) return undefined;
  return MOUNTS.map((mount) => `${mount}${path}`).find((directory) =>
    existsSync(`${directory}/cgroup.procs`),
  );
}

/** The path of a process's group in the version 2 hierarchy, from its root. */
export function cgroupPath(pid: number): string | undefined {
  const text = readProcFile(`/proc/${pid}/cgroup`);
  return text === undefined ? undefined : /^0::(.*)$/m.exec(text)?.[1];
}

/** Whether the control group's processes are stopped by the freezer. */
export function isFrozen(directory: string): boolean {
  return readProcFile(`${directory}/cgroup.freeze`)?.trim() === '1';
}
