import { readlinkSync } from 'node:fs';

/** The inode numbers of a process's namespaces, as text; empty when they cannot be read. */
export interface NamespaceIds {
  cgroup: string;
  ipc: string;
  mnt: string;
  net: string;
  pid: string;
  user: string;
  uts: string;
}

/** Reads /proc/PID/ns; all are empty for the pid 0. */
export function readNamespaces(pid: number): NamespaceIds {
  const id = (name: keyof NamespaceIds): string => (pid > 0 ? namespaceId(pid, name) : '');
  return {
    cgroup: id('cgroup'),
    ipc: id('ipc'),
    mnt: id('mnt'),
    net: id('net'),
    pid: id('pid'),
    user: id('user'),
    uts: id('uts'),
  };
}

/** The inode number of one namespace of a process, or an empty text. */
export function namespaceId(pid: number | 'self', name: keyof NamespaceIds): string {
  try {
    return /\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/ns/${name}`))?.[1] ?? '';
  } catch {
    return '';
  }
}
