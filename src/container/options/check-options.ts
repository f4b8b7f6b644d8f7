import { TspodError } from '../../lib/errors';
import { isIPv4, isIPv6 } from '../../network/ip-address';
import type { ContainerOptions, NamespaceMode } from '../record';
import { sysctlNamespace } from './parse-sysctl';

/** Refuses options that contradict each other. Throws 'usage' with the words that Podman has for it. */
export function checkOptions(options: ContainerOptions): void {
  if (options.autoRemove && !endsByItself(options.restart)) {
    throw usage('the --rm option conflicts with --restart, when the restartPolicy is not "" and "no"');
  }
  if (options.noHosts && options.addHost.length > 0) {
    throw usage('--no-hosts and --add-host cannot be set together');
  }
  if (options.log.driver === 'passthrough' && options.tty) {
    throw usage('the log driver "passthrough" cannot be used with --tty');
  }
  if (options.disk && options.rootfs && !options.rootfs.overlay) {
    throw usage(
      '--storage-opt size needs a layer of its own: it cannot limit what is written to a --rootfs; add :O to that',
    );
  }
  if (options.rootfs && options.image === '') throw usage('--rootfs needs a directory');
  if (options.groupAdd.length > 1 && options.groupAdd.includes('keep-groups')) {
    throw usage("the '--group-add keep-groups' option is not allowed with any other --group-add options");
  }
  checkHostname(options);
  checkNameServers(options);
  checkNetwork(options);
  if (options.networkRate) checkNetworkRate(options);
  checkSysctls(options);
  checkCgroup(options);
}

/** What Podman lets --rm be combined with: a program that is run until it succeeds. */
function endsByItself({ policy, maximum }: ContainerOptions['restart']): boolean {
  return policy === 'no' || (policy === 'on-failure' && maximum === 0);
}

function checkHostname({ hostname, namespaces }: ContainerOptions): void {
  if (hostname === undefined || namespaces.uts.kind === 'private') return;
  const where = namespaces.uts.kind === 'host' ? 'the host UTS namespace' : "another's UTS namespace";
  throw usage(`cannot set hostname when running in ${where}`);
}

function checkNameServers({ dns }: ContainerOptions): void {
  if (dns.includes('none') && dns.length > 1)
    throw usage('none is not allowed to be specified with other DNS ip addresses');
  const wrong = dns.find((server) => server !== 'none' && !isIPv4(server) && !isIPv6(server));
  if (wrong !== undefined) throw usage(`--dns: "${wrong}" is not an ip address`);
}

function checkNetwork({ network, dns, dnsSearch, dnsOptions, addHost }: ContainerOptions): void {
  if (network.kind === 'container' && addHost.length > 0) {
    throw usage("cannot set extra host entries when the container is joined to another's network namespace");
  }
  if (network.kind !== 'container' && network.kind !== 'none') return;
  if (dns.length + dnsSearch.length + dnsOptions.length === 0) return;
  throw usage(`conflicting options: dns and the network mode: ${network.kind}`);
}

/** It lies on the container's own interface, where those who may manage networks could take it away. */
function checkNetworkRate({ network, privileged, capAdd, defaultCapabilities = [] }: ContainerOptions): void {
  if (network.kind === 'none' || network.kind === 'host' || 'target' in network)
    throw usage(`--network-rate needs a network of the container's own, not ${network.kind}`);
  const may = [...capAdd, ...defaultCapabilities].some((name) => /^(cap_)?(net_admin|all)$/i.test(name));
  if (privileged) throw usage('--network-rate and --privileged cannot be used together');
  if (may) throw usage('--network-rate and the capability NET_ADMIN cannot be used together');
}

/** A limit that is asked for is applied or refused. */
function checkCgroup({ cgroups, cgroupParent, limits }: ContainerOptions): void {
  const { pids, pidsIsDefault, ...others } = limits;
  const isLimited = Object.values(others).some((value) => value !== undefined) || (pids && !pidsIsDefault);
  if (cgroups !== 'disabled') return;
  if (cgroupParent !== undefined)
    throw usage('cannot set cgroup parent if not creating cgroups: invalid argument');
  if (isLimited) throw usage('--cgroups=disabled and limits cannot be set together');
}

function checkSysctls({ sysctls, namespaces, network }: ContainerOptions): void {
  for (const [name, value] of Object.entries(sysctls)) {
    const kind = sysctlNamespace(name);
    if (kind === 'network' && network.kind === 'host') throw shared(name, value, 'Network');
    if (kind === 'ipc' && isHost(namespaces.ipc)) throw shared(name, value, 'IPC');
    if (kind === 'uts' && isHost(namespaces.uts)) throw shared(name, value, 'UTS');
  }
}

function isHost(mode: NamespaceMode): boolean {
  return mode.kind === 'host';
}

function shared(name: string, value: string, kind: string): TspodError {
  return usage(`sysctl ${name}=${value} can't be set since ${kind} Namespace set to host`);
}

function usage(message: string): TspodError {
  return new TspodError('usage', message);
}
