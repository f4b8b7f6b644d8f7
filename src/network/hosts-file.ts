import { TspodError } from '../lib/errors';
import { isIPv4, isIPv6 } from './ip-address';

/** What /etc/hosts of a container is made from. */
export interface HostsInput {
  /** The text that it begins with: the host's own /etc/hosts. */
  base: string;
  /** `name[;name...]:address` as given with --add-host; `host-gateway` stands for `hostGateway`. */
  addHost: readonly string[];
  /** The address at which the container reaches the host; undefined where there is none. */
  hostGateway: string | undefined;
  /** The container's own addresses and names; absent with the host's network. */
  own?: { addresses: readonly string[]; names: readonly string[] };
}

const HOST_NAMES = ['host.containers.internal', 'host.docker.internal'];

/** The text of /etc/hosts: what was added, the host's entries, the host itself, the container itself, as Podman orders them. */
export function hostsFile({ base, addHost, hostGateway, own }: HostsInput): string {
  const added = addHost.map((text) => parseAddHost(text, hostGateway));
  const taken = new Set(added.flatMap(({ names }) => names));
  const lines = added.map(({ address, names }) => `${address}\t${names.join(' ')}`);
  const ofBase = baseLines(base, taken);
  const hasLocal = taken.has('localhost') || ofBase.some((line) => line.split(/\s+/).includes('localhost'));
  lines.push(...ofBase, ...(hasLocal ? [] : ['127.0.0.1\tlocalhost', '::1\tlocalhost']));
  const hostNames = HOST_NAMES.filter((name) => !taken.has(name));
  if (hostGateway !== undefined && hostNames.length > 0) lines.push(`${hostGateway}\t${hostNames.join(' ')}`);
  const ownNames = [...new Set(own?.names ?? [])].filter((name) => name !== '' && !taken.has(name));
  if (own && ownNames.length > 0)
    lines.push(...own.addresses.map((address) => `${address}\t${ownNames.join(' ')}`));
  return `${lines.join('\n')}\n`;
}

/** Parses one --add-host. Throws 'usage'. */
export function parseAddHost(
  text: string,
  hostGateway: string | undefined,
): { address: string; names: string[] } {
  const colon = text.indexOf(':');
  const names = text
    .slice(0, Math.max(colon, 0))
    .split(';')
    .filter((name) => name !== '');
  const value = text.slice(colon + 1).replace(/^\[(.*)\]$/, '$1');
  if (names.length === 0) {
    throw new TspodError('usage', `hosts entry "${text}": the name is missing`, {
      hint: 'write --add-host NAME:ADDRESS',
    });
  }
  if (value === 'host-gateway') {
    if (hostGateway !== undefined) return { address: hostGateway, names };
    throw new TspodError(
      'usage',
      `hosts entry "${text}": with this network the container does not reach the host`,
    );
  }
  if (!isIPv4(value) && !isIPv6(value)) {
    throw new TspodError('usage', `hosts entry "${text}": "${value}" is not an IP address`);
  }
  return { address: value, names };
}

/** The host's entries without comments, and without those names that the user has given another address. */
function baseLines(base: string, taken: ReadonlySet<string>): string[] {
  const lines: string[] = [];
  for (const line of base.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const kept = names.filter((name) => !taken.has(name) && !HOST_NAMES.includes(name));
    if (address && kept.length > 0) lines.push(`${address}\t${kept.join(' ')}`);
  }
  return lines;
}
