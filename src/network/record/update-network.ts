import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { openStore } from '../../store/open-store';
import { parseAddress } from '../address-range';
import { defaultNetworkName } from './default-network';
import { findNetwork, type NetworkRecord } from './network-record';
import { withNetworksLock, writeNetwork } from './write-network';

/** Name servers of a network that are added and taken away. */
export interface NetworkChanges {
  addDns: readonly string[];
  dropDns: readonly string[];
}

/** Changes the name servers of a network, and returns its record. Throws 'not-found', 'usage' in Podman's words. */
export function updateNetwork(ctx: Context, text: string, changes: NetworkChanges): NetworkRecord {
  check(changes.addDns, 'AddDNSServer');
  check(changes.dropDns, 'RemoveDNSServer');
  openStore(ctx);
  return withNetworksLock(ctx, () => {
    const record = findNetwork(ctx, text);
    if (changes.addDns.length > 0 && !record.dns_enabled)
      throw new TspodError(
        'usage',
        'cannot set NetworkDNSServers if DNS is not enabled for the network: invalid argument',
        record.name === defaultNetworkName(ctx)
          ? { hint: 'the default network resolves no names: make one with "tspod network create"' }
          : {},
      );
    const before = record.network_dns_servers ?? [];
    const servers = [...new Set([...before, ...changes.addDns])].filter(
      (server) => !changes.dropDns.includes(server),
    );
    const { network_dns_servers: _before, ...rest } = record;
    const changed: NetworkRecord = servers.length > 0 ? withServers(rest, servers) : rest;
    if (servers.join() !== before.join()) writeNetwork(ctx, changed);
    return changed;
  });
}

/** At its place among the keys. */
function withServers(
  { labels, options, ipam_options: ipam, ...rest }: NetworkRecord,
  servers: string[],
): NetworkRecord {
  return {
    ...rest,
    network_dns_servers: servers,
    ...(labels ? { labels } : {}),
    ...(options ? { options } : {}),
    ...(ipam ? { ipam_options: ipam } : {}),
  };
}

function check(servers: readonly string[], what: string): void {
  const wrong = servers.find((server) => parseAddress(server) === undefined);
  if (wrong !== undefined)
    throw new TspodError('usage', `unable to parse ip ${wrong} specified in ${what}: invalid argument`);
}
