import { Plan } from '../runtime/plan';
import { PLAN } from '../runtime/protocol';
import type { BridgeWish, NetworkFoot, NetworkRoute, NetworkSettings, Rate } from './bridge-types';
import type { PortMapping } from './types';

/** The interface in the networks' namespace that leads out (FILTER_WAY_OUT in native/netd_filter.h). */
const WAY_OUT = 'tap0';
/** pasta's option for its interface's name. */
const NAMES = /^(-I|--ns-ifname(=.*)?)$/;
const PROTOCOLS = { tcp: 6, udp: 17 } as const;
/** Ports of a range whose numbers do not fit together any more. */
const GREATEST_RANGE = 65535;

/**
 * Adds what a container wants of netd to the plan of its start, or to one that its monitor gets while it runs
 * (updateMonitor): the second one replaces all of the first. `directory` is where netd's socket is, the run root.
 */
export function addNetd(plan: Plan, directory: string, wish: BridgeWish): void {
  plan.add('NETD', directory, wishBytes(wish));
}

/** Adds the bandwidth of a container with a network helper of its own. */
function addNetworkRate(plan: Plan, rate: Rate): void {
  plan.add('NET_RATE', rate.egress ?? 0, rate.ingress ?? 0);
}

function wishBytes(wish: BridgeWish): Uint8Array {
  const plan = new Plan();
  plan.add('CONTAINER', wish.containerId, wish.name);
  plan.add('NET_HELPER', PLAN.NET_READY_FD, ...helperArguments(wish));
  if (wish.rate) addNetworkRate(plan, wish.rate);
  if (wish.upstream.length > 0) plan.add('NETD_RESOLVERS', ...wish.upstream);
  for (const { address, names } of wish.hosts ?? []) plan.add('NETD_HOST', address, ...names);
  for (const foot of wish.feet) addFoot(plan, foot);
  addPorts(plan, wish.ports);
  return plan.bytes();
}

/** The packet filter knows the way out by slirp4netns's name for it; pasta would take that of the host's interface. */
function helperArguments({ helper, helperArgs: [program = '', ...rest] }: BridgeWish): string[] {
  if (helper !== 'pasta') return [program, ...rest];
  const others = rest.filter(
    (word, at) => !NAMES.test(word) && !/^(-I|--ns-ifname)$/.test(rest[at - 1] ?? ''),
  );
  return [program, '--ns-ifname', WAY_OUT, ...others];
}

function addFoot(plan: Plan, foot: NetworkFoot): void {
  const { network } = foot;
  plan.add(
    'NETD_NETWORK',
    network.name,
    network.bridge,
    flagsOf(network),
    network.mtu ?? 0,
    ...network.dnsServers,
  );
  for (const { subnet, gateway } of network.subnets) plan.add('NETD_SUBNET', subnet, gateway ?? '');
  for (const { destination, gateway, metric } of [...network.routes, ...defaultRoutes(network)])
    plan.add('NETD_ROUTE', destination, gateway, metric ?? 0);
  plan.add('NETD_FOOT', foot.interface, foot.mac, ...foot.aliases);
  for (const address of foot.addresses) plan.add('NETD_ADDRESS', address);
}

/** Those with a metric of their own; else netd makes them. */
function defaultRoutes({ internal, metric, noDefaultRoute, subnets }: NetworkSettings): NetworkRoute[] {
  if (internal || noDefaultRoute || metric === undefined) return [];
  return subnets.flatMap(({ gateway }) =>
    gateway ? [{ destination: gateway.includes(':') ? '::/0' : '0.0.0.0/0', gateway, metric }] : [],
  );
}

function flagsOf({ internal, dns, isolate, metric, noDefaultRoute }: NetworkSettings): number {
  return (
    (internal ? PLAN.NETWORK_INTERNAL : 0) |
    (dns ? PLAN.NETWORK_DNS : 0) |
    (noDefaultRoute || metric !== undefined ? PLAN.NETWORK_NO_DEFAULT : 0) |
    (isolate === 'isolate' ? PLAN.NETWORK_ISOLATE : 0) |
    (isolate === 'strict' ? PLAN.NETWORK_STRICT : 0)
  );
}

/** One operation for each host address and protocol; consecutive ports are one range. */
function addPorts(plan: Plan, ports: readonly PortMapping[]): void {
  const groups = new Map<string, PortMapping[]>();
  for (const port of ports) {
    const key = `${port.protocol} ${port.hostIp}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ ...port }]);
    else if (!extend(group, port)) group.push({ ...port });
  }
  for (const group of groups.values()) {
    const [{ hostIp, protocol } = { hostIp: '', protocol: 'tcp' as const }] = group;
    plan.add('NETD_PORTS', hostIp, PROTOCOLS[protocol], rangeBytes(group));
  }
}

/** Whether the port continues the last range, which is longer then. */
function extend(group: readonly PortMapping[], port: PortMapping): boolean {
  const last = group.at(-1);
  if (last === undefined || last.range + port.range > GREATEST_RANGE) return false;
  if (last.hostPort + last.range !== port.hostPort || last.containerPort + last.range !== port.containerPort)
    return false;
  last.range += port.range;
  return true;
}

function rangeBytes(group: readonly PortMapping[]): Uint8Array {
  const bytes = Buffer.alloc(group.length * 6);
  group.forEach(({ hostPort, containerPort, range }, index) => {
    bytes.writeUInt16LE(hostPort, index * 6);
    bytes.writeUInt16LE(containerPort, index * 6 + 2);
    bytes.writeUInt16LE(range, index * 6 + 4);
  });
  return bytes;
}
