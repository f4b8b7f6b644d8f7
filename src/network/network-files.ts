import { readFileSync } from 'node:fs';
import type { Context } from '../lib/context';
import { hostAddress } from './host-address';
import { hostsFile } from './hosts-file';
import { networkHelper } from './network-plan';
import { pastaForwarder, pastaHost } from './pasta';
import { resolvConf, resolvSource } from './resolv-conf';
import { slirpAddress } from './slirp4netns';
import type { NetworkMode } from './types';

/** What a container was asked to be called, and to look names up with. */
export interface NetworkNames {
  mode: NetworkMode;
  names: readonly string[];
  addHost: readonly string[];
  /** Instead of the host's /etc/hosts. */
  hosts?: string | undefined;
  dns: readonly string[];
  dnsSearch: readonly string[];
  dnsOptions: readonly string[];
}

/** The texts of /etc/hosts and /etc/resolv.conf for a container; undefined for a file that its network does not have. */
export function networkFiles(
  ctx: Context,
  input: NetworkNames,
): { hosts: string; resolv: string | undefined } {
  const helper = networkHelper(ctx, input.mode);
  const address = hostAddress();
  const host = { base: input.hosts ?? read('/etc/hosts') ?? '', addHost: input.addHost };
  const resolver = { dns: input.dns, search: input.dnsSearch, options: input.dnsOptions };
  const base = resolvSource(read);
  if (helper?.name === 'slirp4netns') {
    const { cidr, allow_host_loopback: loopback } = helper.options;
    const own = slirpAddress(cidr);
    const gateway = loopback === 'true' ? sibling(own, -98) : address;
    return {
      hosts: hostsFile({
        ...host,
        hostGateway: toldHost(ctx, gateway),
        own: { addresses: [own], names: input.names },
      }),
      resolv: resolvConf({ base, forwarder: sibling(own, -97), ...resolver }),
    };
  }
  if (helper?.name === 'pasta') {
    const own = { addresses: [address ?? '127.0.0.1'], names: input.names };
    return {
      hosts: hostsFile({ ...host, hostGateway: toldHost(ctx, pastaHost(helper)), own }),
      resolv: resolvConf({ base, forwarder: pastaForwarder(helper.args), ...resolver }),
    };
  }
  const own = input.mode.kind === 'none' ? { own: { addresses: ['127.0.0.1'], names: input.names } } : {};
  const resolv = resolvConf({
    base: input.mode.kind === 'none' ? '' : base,
    forwarder: undefined,
    ...resolver,
  });
  return {
    hosts: hostsFile({ ...host, hostGateway: toldHost(ctx, address), ...own }),
    resolv: input.mode.kind === 'none' && resolv === '' ? undefined : resolv,
  };
}

/** The address that containers.conf has for the host, which may be none, else the one that was found. */
export function toldHost({ defaults }: Context, found: string | undefined): string | undefined {
  return defaults?.hostAddress === undefined ? found : defaults.hostAddress || undefined;
}

/** The address `offset` away from `address`, in its last byte (slirp4netns places its own beside the container's). */
function sibling(address: string, offset: number): string {
  const bytes = address.split('.').map(Number);
  return [...bytes.slice(0, 3), (bytes[3] ?? 0) + offset].join('.');
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
