import { readdirSync } from 'node:fs';
import { readProcFile } from '../state/process-time';
import { namespaceId } from '../namespaces';

/** What /proc tells of one process. Ids are those that this process sees unless a name says otherwise. */
export interface ProcessFacts {
  hostPid: number;
  hostParent: number;
  /** In the container's process namespace. */
  pid: number;
  group: number;
  state: string;
  name: string;
  argv: string[];
  /** Real, effective, saved, file system. */
  uids: number[];
  gids: number[];
  groups: number[];
  tty: number;
  nice: number;
  /** Clock ticks. */
  userTime: number;
  systemTime: number;
  /** Clock ticks since boot. */
  startTime: number;
  virtualBytes: number;
  residentPages: number;
  /** Lines of /proc/PID/status by name. */
  status: Readonly<Record<string, string>>;
}

/**
 * The processes of a container: those in the process namespace of its first one; of a container in the host's namespace, the
 * first one and its descendants. Sorted by pid.
 */
export function containerProcesses(firstPid: number): ProcessFacts[] {
  const namespace = namespaceId(firstPid, 'pid');
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const isShared = namespace === namespaceId('self', 'pid');
  const level = levelOf(firstPid);
  const found = (isShared ? all : all.filter((pid) => namespaceId(pid, 'pid') === namespace)).flatMap(
    (pid) => readProcess(pid, level) ?? [],
  );
  const processes = isShared ? descendants(found, firstPid) : found;
  return processes.sort((a, b) => a.pid - b.pid);
}

/** How many process namespaces the container's is below this one's. */
function levelOf(pid: number): number {
  return numbers(statusLines(pid)?.['NSpid']).length - 1;
}

function readProcess(hostPid: number, level: number): ProcessFacts | undefined {
  const stat = readProcFile(`/proc/${hostPid}/stat`);
  const status = statusLines(hostPid);
  if (stat === undefined || status === undefined) return undefined;
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    hostPid,
    hostParent: field(4),
    pid: numbers(status['NSpid'])[level] ?? hostPid,
    group: numbers(status['NSpgid'])[level] ?? 0,
    state: fields[0] ?? '?',
    name: stat.slice(stat.indexOf('(') + 1, end),
    argv: (readProcFile(`/proc/${hostPid}/cmdline`) ?? '').split('\0').slice(0, -1),
    uids: numbers(status['Uid']),
    gids: numbers(status['Gid']),
    groups: numbers(status['Groups']),
    tty: field(7),
    nice: field(19),
    userTime: field(14),
    systemTime: field(15),
    startTime: field(22),
    virtualBytes: field(23),
    residentPages: field(24),
    status,
  };
}

function statusLines(pid: number): Record<string, string> | undefined {
  const text = readProcFile(`/proc/${pid}/status`);
  if (text === undefined) return undefined;
  return Object.fromEntries(
    text
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

function numbers(text: string | undefined): number[] {
  return (text ?? '').split(/\s+/).filter(Boolean).map(Number);
}

function descendants(all: readonly ProcessFacts[], first: number): ProcessFacts[] {
  const known = new Set([first]);
  // a child may come before its parent in the list
  for (let size = 0; size !== known.size;) {
    size = known.size;
    for (const { hostPid, hostParent } of all) if (known.has(hostParent)) known.add(hostPid);
  }
  return all.filter(({ hostPid }) => known.has(hostPid));
}
