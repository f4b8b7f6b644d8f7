import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { isIPv4 } from './ip-address';
import type { PortMapping } from './types';

type Protocol = PortMapping['protocol'];

/** A socket of this host that listens (tcp) or is bound (udp). */
export interface HostSocket {
  /** Hexadecimal, as the kernel writes it. */
  address: string;
  inode: string;
}

/** The sockets of each port. */
export type HostSockets = ReadonlyMap<number, readonly HostSocket[]>;

const FILES = { tcp: ['tcp', 'tcp6'], udp: ['udp', 'udp6'] } as const;
/** Their state in /proc/net: 0A listens, 07 is bound. */
const STATES = { tcp: '0A', udp: '07' } as const;
/** An IPv4 address within IPv6. */
const MAPPED = '0000000000000000FFFF0000';

/** What the sockets of this host hold, from /proc/net. */
export interface HostPorts {
  /** Those that another one cannot be opened beside. */
  taken: HostSockets;
  /** Also those of connections, which may be in the way of a new socket too. */
  all: ReadonlySet<number>;
}

/** The ports of this host's sockets. */
export function hostPorts(protocol: Protocol): HostPorts {
  const taken = new Map<number, HostSocket[]>();
  const all = new Set<number>();
  for (const file of FILES[protocol]) {
    for (const line of readProc(`/proc/net/${file}`).split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      const [address = '', digits = ''] = local.split(':');
      const port = parseInt(digits, 16);
      all.add(port);
      if (state === STATES[protocol]) taken.set(port, [...(taken.get(port) ?? []), { address, inode }]);
    }
  }
  return { taken, all };
}

/** The socket that is in the way of another one at `hostIp`, empty for all addresses; or undefined. */
export function socketInTheWay(sockets: readonly HostSocket[], hostIp: string): HostSocket | undefined {
  if (hostIp === '') return sockets[0];
  const own = isIPv4(hostIp) ? ipv4Hex(hostIp) : undefined;
  return sockets.find(({ address }) => /^0+$/.test(address) || address.replace(MAPPED, '') === own);
}

/** ` by "NAME" (process PID)`, or empty for a process of another user. Looks through all processes. */
export function socketHolder({ inode }: HostSocket): string {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (!hasSocket(pid, `socket:[${inode}]`)) continue;
    return ` by "${readProc(`/proc/${pid}/comm`)}" (process ${pid})`;
  }
  return '';
}

/** A file of /proc without white space around it; empty when it cannot be read. */
export function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function hasSocket(pid: string, wanted: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => linkOf(`/proc/${pid}/fd/${fd}`) === wanted);
  } catch {
    return false; // another user's, or it has just ended
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** As the kernel writes it: the bytes in this machine's order. */
function ipv4Hex(address: string): string {
  const bytes = Uint8Array.from(address.split('.'), Number);
  return new Uint32Array(bytes.buffer)[0]?.toString(16).toUpperCase().padStart(8, '0') ?? '';
}
