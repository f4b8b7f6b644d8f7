import { existsSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { pauseSync } from './state/pause-sync';
import { readProcFile } from './state/process-time';

const MOUNTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'];

/** The path of a process's group in the version 2 hierarchy, from its root. */
export function cgroupPath(pid: number): string | undefined {
  const text = readProcFile(`/proc/${pid}/cgroup`);
  return text === undefined ? undefined : /^0::(.*)$/m.exec(text)?.[1];
}

/**
 * The group that a further program of a container joins: one that hands controllers on may hold no processes, so systemd as the
 * container's first process has moved itself on.
 */
export function groupToJoin(directory: string, pid: number): string {
  if (!readProcFile(`${directory}/cgroup.subtree_control`)?.trim()) return directory;
  const path = cgroupPath(pid);
  const mount = MOUNTS.find((each) => path !== undefined && `${each}${path}`.startsWith(`${directory}/`));
  return mount === undefined ? directory : `${mount}${path}`;
}

/** Whether the control group's processes are stopped by the freezer. */
export function isFrozen(directory: string): boolean {
  return readProcFile(`${directory}/cgroup.freeze`)?.trim() === '1';
}

/**
 * Kills what is left in a control group that nobody looks after any more, and removes its directory with those below. Whether it
 * is gone: what a container with ids of its own has made is not the user's to remove.
 */
export function removeCgroup(directory: string): boolean {
  if (!existsSync(`${directory}/cgroup.procs`)) return true;
  try {
    writeFileSync(`${directory}/cgroup.kill`, '1');
  } catch {
    // not before kernel 5.14; its processes were in the container's pid namespace and ended with it
  }
  // processes that were killed leave a little later
  for (let tries = 0; tries < 100; tries++) {
    if (removeEmpty(directory)) return true;
    pauseSync(5);
  }
  return false;
}

function removeEmpty(directory: string): boolean {
  try {
    for (const entry of readdirSync(directory, { withFileTypes: true }))
      if (entry.isDirectory()) removeEmpty(`${directory}/${entry.name}`);
    rmdirSync(directory);
    return true;
  } catch {
    return !existsSync(directory);
  }
}
