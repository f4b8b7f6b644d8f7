import { TspodError } from '../lib/errors';
import { hostPorts, type HostSockets, readProc, socketHolder, socketInTheWay } from './host-sockets';
import type { PortMapping } from './types';

type Protocol = PortMapping['protocol'];

/** What can stand in a port's way. */
export interface PortFacts {
  /** What listens on this host. */
  taken: Record<Protocol, HostSockets>;
  /** Ports that none is handed out of by chance: those of connections too. */
  busy: Record<Protocol, ReadonlySet<number>>;
  /** The lowest port that a user may open (ip(7), ip_unprivileged_port_start). */
  lowest: number;
  /** First and last port of those handed out by chance. */
  range: [number, number];
}

/**
 * Puts free host ports in the place of 0, and checks the others. Throws 'usage' for one published twice, 'in-use' for
 * one that is taken (`owner` tells by which container), 'machine' for one below the unprivileged ones.
 */
export function choosePorts(
  ports: readonly PortMapping[],
  facts: PortFacts,
  owner: (port: number, protocol: Protocol) => string | undefined,
): PortMapping[] {
  const used: Record<Protocol, Set<number>> = {
    tcp: new Set(facts.busy.tcp),
    udp: new Set(facts.busy.udp),
  };
  checkTwice(ports);
  const fixed = ports.map((port) => (port.hostPort === 0 ? port : checkPort(port, facts, owner)));
  for (const port of fixed) if (port.hostPort !== 0) take(used[port.protocol], port.hostPort, port.range);
  return fixed.map((port) => {
    if (port.hostPort !== 0) return port;
    const hostPort = freeRun(used[port.protocol], port.range, facts.range);
    take(used[port.protocol], hostPort, port.range);
    return { ...port, hostPort };
  });
}

/** The facts of this host, from /proc. */
export function portFacts(): PortFacts {
  const [first = 32768, last = 60999] = readProc('/proc/sys/net/ipv4/ip_local_port_range')
    .split(/\s+/)
    .map(Number);
  const [tcp, udp] = [hostPorts('tcp'), hostPorts('udp')];
  return {
    taken: { tcp: tcp.taken, udp: udp.taken },
    busy: { tcp: tcp.all, udp: udp.all },
    lowest: Number(readProc('/proc/sys/net/ipv4/ip_unprivileged_port_start') || '1024'),
    range: [first, last],
  };
}

function checkTwice(ports: readonly PortMapping[]): void {
  const seen = new Set<string>();
  for (const { hostIp, hostPort, range, protocol } of ports) {
    for (let port = hostPort; hostPort !== 0 && port < hostPort + range; port++) {
      const key = `${hostIp}:${port}/${protocol}`;
      if (seen.has(key))
        throw new TspodError('usage', `host port ${key.replace(/^:/, '')} is published twice`);
      seen.add(key);
    }
  }
}

function checkPort(
  mapping: PortMapping,
  facts: PortFacts,
  owner: (port: number, protocol: Protocol) => string | undefined,
): PortMapping {
  const { hostIp, hostPort, range, protocol } = mapping;
  if (hostPort < facts.lowest) {
    throw new TspodError(
      'machine',
      `cannot expose privileged port ${hostPort}: users may open ports from ${facts.lowest} on`,
      {
        hint: `publish a higher port, or allow it: sudo sysctl net.ipv4.ip_unprivileged_port_start=${hostPort}`,
      },
    );
  }
  for (let port = hostPort; port < hostPort + range; port++) {
    const holder = owner(port, protocol);
    const socket = socketInTheWay(facts.taken[protocol].get(port) ?? [], hostIp);
    if (holder === undefined && socket === undefined) continue;
    const by = holder === undefined ? socket && socketHolder(socket) : ` by container "${holder}"`;
    throw new TspodError(
      'in-use',
      `host port ${port}/${protocol} is in use${by ?? ''}: address already in use`,
      {
        hint:
          holder === undefined
            ? `see what listens there: ss -lnp sport = :${port}`
            : `stop it: tspod stop ${holder}`,
      },
    );
  }
  return mapping;
}

/** The first of `length` consecutive free ports, searched from a random place on. */
function freeRun(used: ReadonlySet<number>, length: number, [first, last]: [number, number]): number {
  const count = last - first + 2 - length;
  const start = Math.floor(Math.random() * count);
  for (let tried = 0; tried < count; tried++) {
    const port = first + ((start + tried) % count);
    let free = 0;
    while (free < length && !used.has(port + free)) free++;
    if (free === length) return port;
  }
  throw new TspodError(
    'in-use',
    `there are no ${length} free consecutive host ports from ${first} to ${last}`,
  );
}

function take(used: Set<number>, from: number, range: number): void {
  for (let port = from; port < from + range; port++) used.add(port);
}
