import type { Context } from '../../lib/context';
import { shortId } from '../../lib/id';
import { loadNetwork, type NetworkRecord } from '../../network/record/network-record';
import type { NetworkAsk } from '../../network/types';
import { gatewayFor } from '../networks/inspect-network';
import { readNetworkState, type Foothold } from '../networks/network-state';
import { isAlive } from '../state/status';
import type { Inspected } from './inspect-container';

/** The networks of a container in the words of `inspect`, by name; without addresses when it does not run. */
export function inspectBridges(
  ctx: Context,
  { record, state }: Inspected,
  networks: readonly NetworkAsk[],
): Record<string, object> {
  const feet = isAlive(state) ? readNetworkState(ctx, record.id).feet : [];
  const sorted = [...networks].sort((a, b) => (a.name < b.name ? -1 : 1));
  return Object.fromEntries(
    sorted.map((ask) => {
      const network = loadNetwork(ctx, ask.name);
      const foot = feet.find((each) => each.network === ask.name);
      return [
        ask.name,
        {
          EndpointID: '',
          ...(foot && network ? addressesOf(network, foot) : NONE),
          NetworkID: network?.id ?? '',
          DriverOpts: null,
          IPAMConfig: null,
          Links: null,
          Aliases: [...ask.aliases, shortId(record.id)],
        },
      ];
    }),
  );
}

const NONE = {
  Gateway: '',
  IPAddress: '',
  IPPrefixLen: 0,
  IPv6Gateway: '',
  GlobalIPv6Address: '',
  GlobalIPv6PrefixLen: 0,
  MacAddress: '',
};

function addressesOf(network: NetworkRecord, { addresses, mac }: Foothold): typeof NONE {
  const four = addresses.find((text) => !text.includes(':'));
  const six = addresses.find((text) => text.includes(':'));
  return {
    Gateway: gatewayOf(network, four),
    IPAddress: head(four),
    IPPrefixLen: bits(four),
    IPv6Gateway: gatewayOf(network, six),
    GlobalIPv6Address: head(six),
    GlobalIPv6PrefixLen: bits(six),
    MacAddress: mac,
  };
}

function gatewayOf(network: NetworkRecord, address: string | undefined): string {
  return address === undefined ? '' : (gatewayFor(network, address) ?? '');
}

function head(address = ''): string {
  return address.split('/')[0] ?? '';
}

function bits(address = ''): number {
  return Number(address.split('/')[1] ?? 0);
}
