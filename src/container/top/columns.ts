import { CAPABILITY_BITS } from '../../runtime/capability-bits';
import { formatDuration } from '../../lib/duration';
import { formatGoTime } from '../../lib/time';
import { readProcFile } from '../state/process-time';
import type { ProcessFacts } from './process-facts';

/** What columns need beyond the process itself. */
export interface TopContext {
  /** Seconds since boot. */
  uptime: number;
  /** Nanoseconds since 1970 of now. */
  now: bigint;
  /** A container pid for a host pid of a process of the container; 0 for others. */
  pidOf(hostPid: number): number;
  userName(hostUid: number): string;
  groupName(hostGid: number): string;
}

/** A column: its heading and its cell. */
export interface TopColumn {
  header: string;
  cell(process: ProcessFacts, context: TopContext): string;
}

/** Clock ticks in a second: USER_HZ, the same on every Linux. */
const TICKS = 100;
const PAGE_KIB = 4;

/** Every descriptor of podman-top(1). */
export const TOP_COLUMNS: Readonly<Record<string, TopColumn>> = {
  args: { header: 'COMMAND', cell: ({ argv, name }) => (argv.length > 0 ? argv.join(' ') : `[${name}]`) },
  capamb: capabilities('AMBIENT CAPS', 'CapAmb'),
  capbnd: capabilities('BOUNDING CAPS', 'CapBnd'),
  capeff: capabilities('EFFECTIVE CAPS', 'CapEff'),
  capinh: capabilities('INHERITED CAPS', 'CapInh'),
  capprm: capabilities('PERMITTED CAPS', 'CapPrm'),
  comm: { header: 'COMMAND', cell: ({ name }) => name },
  etime: {
    header: 'ELAPSED',
    cell: (process, context) => formatDuration(Math.round(elapsed(process, context) * 1000)),
  },
  group: { header: 'GROUP', cell: ({ gids }, { groupName }) => groupName(gids[1] ?? 0) },
  groups: { header: 'GROUPS', cell: ({ groups }, { groupName }) => groups.map(groupName).join(',') },
  hgroup: { header: 'HGROUP', cell: ({ gids }) => String(gids[1] ?? 0) },
  hgroups: { header: 'HGROUPS', cell: ({ groups }) => groups.join(',') },
  hpid: { header: 'HPID', cell: ({ hostPid }) => String(hostPid) },
  huid: { header: 'HUID', cell: ({ uids }) => String(uids[1] ?? 0) },
  huser: { header: 'HUSER', cell: ({ uids }) => String(uids[1] ?? 0) },
  label: { header: 'LABEL', cell: ({ hostPid }) => securityLabel(hostPid) },
  nice: { header: 'NI', cell: ({ nice }) => String(nice) },
  pcpu: { header: '%CPU', cell: (process, context) => share(process, context).toFixed(3) },
  pgid: { header: 'PGID', cell: ({ group }) => String(group) },
  pid: { header: 'PID', cell: ({ pid }) => String(pid) },
  ppid: { header: 'PPID', cell: ({ hostParent }, { pidOf }) => String(pidOf(hostParent)) },
  rgroup: { header: 'RGROUP', cell: ({ gids }, { groupName }) => groupName(gids[0] ?? 0) },
  rss: { header: 'RSS', cell: ({ residentPages }) => String(residentPages * PAGE_KIB) },
  ruser: { header: 'RUSER', cell: ({ uids }, { userName }) => userName(uids[0] ?? 0) },
  seccomp: { header: 'SECCOMP', cell: ({ status }) => SECCOMP[status['Seccomp'] ?? ''] ?? '?' },
  state: { header: 'STATE', cell: ({ state }) => state },
  stime: { header: 'STIME', cell: (process, context) => formatGoTime(startOf(process, context)) },
  time: { header: 'TIME', cell: (process) => formatDuration(Math.trunc(cpuSeconds(process)) * 1000) },
  tty: { header: 'TTY', cell: ({ tty }) => ttyName(tty) },
  uid: { header: 'UID', cell: ({ uids }, { userName }) => userName(uids[1] ?? 0) },
  user: { header: 'USER', cell: ({ uids }, { userName }) => userName(uids[1] ?? 0) },
  vsz: { header: 'VSZ', cell: ({ virtualBytes }) => String(Math.trunc(virtualBytes / 1024)) },
};

/** What stands for a descriptor in the manner of AIX. Source: podman-top(1). */
export const TOP_CODES: Readonly<Record<string, string>> = {
  '%C': 'pcpu',
  '%G': 'group',
  '%P': 'ppid',
  '%U': 'user',
  '%a': 'args',
  '%c': 'comm',
  '%g': 'rgroup',
  '%n': 'nice',
  '%p': 'pid',
  '%r': 'pgid',
  '%t': 'etime',
  '%u': 'ruser',
  '%x': 'time',
  '%y': 'tty',
  '%z': 'vsz',
};

const SECCOMP: Readonly<Record<string, string>> = { '0': 'disabled', '1': 'strict', '2': 'filter' };
/** Major numbers of pseudo-terminals. */
const PTS = { first: 136, last: 143 };

function capabilities(header: string, line: string): TopColumn {
  return { header, cell: ({ status }) => capabilityNames(BigInt(`0x${status[line] ?? '0'}`)) };
}

/** Names without CAP_, `full` and `none` for the extremes. */
export function capabilityNames(mask: bigint): string {
  if (mask === 0n) return 'none';
  const last = Number(readProcFile('/proc/sys/kernel/cap_last_cap') ?? 40);
  if (mask === (1n << BigInt(last + 1)) - 1n) return 'full';
  const names = Object.entries(CAPABILITY_BITS).filter(([, bit]) => (mask >> BigInt(bit)) & 1n);
  return names
    .map(([name]) => name)
    .sort()
    .join(',');
}

function elapsed({ startTime }: ProcessFacts, { uptime }: TopContext): number {
  return Math.max(0, uptime - startTime / TICKS);
}

function startOf(process: ProcessFacts, context: TopContext): bigint {
  const seconds = context.now / 1_000_000_000n - BigInt(Math.round(elapsed(process, context)));
  return seconds * 1_000_000_000n;
}

function cpuSeconds({ userTime, systemTime }: ProcessFacts): number {
  return (userTime + systemTime) / TICKS;
}

function share(process: ProcessFacts, context: TopContext): number {
  const seconds = elapsed(process, context);
  return seconds > 0 ? (cpuSeconds(process) / seconds) * 100 : 0;
}

function ttyName(device: number): string {
  const major = (device >> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00);
  if (major >= PTS.first && major <= PTS.last) return `pts/${minor + (major - PTS.first) * 256}`;
  if (major === 4) return `tty${minor}`;
  return '?';
}

function securityLabel(pid: number): string {
  return (readProcFile(`/proc/${pid}/attr/current`) ?? '').replace(/[\0\n]+$/, '') || '?';
}
