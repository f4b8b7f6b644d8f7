import type { Context } from '../../lib/context';
import { digestText } from './network-id';
import { formatAddress, parseRange } from '../address-range';
import type { NetworkRecord } from './network-record';

/** Podman's name and addresses for the network that is always there. */
const NAME = 'podman';
const SUBNET = '10.88.0.0/16';

/** The name of the network that `--network bridge` means: that of containers.conf, else `podman`. */
export function defaultNetworkName(ctx: Context): string {
  return ctx.defaults?.defaultNetwork ?? NAME;
}

/** The network that is there without a file; one with its name stands in its place. */
export function defaultNetwork(ctx: Context): NetworkRecord {
  const subnet = ctx.defaults?.defaultSubnet ?? SUBNET;
  const range = parseRange(subnet);
  const gateway = range && formatAddress({ family: range.family, value: range.first + 1n });
  const name = defaultNetworkName(ctx);
  return {
    name,
    id: digestText(name),
    driver: 'bridge',
    network_interface: 'tspod0',
    created: new Date().toISOString(),
    subnets: [{ subnet, ...(gateway === undefined ? {} : { gateway }) }],
    ipv6_enabled: range?.family === 6,
    internal: false,
    dns_enabled: false,
    ipam_options: { driver: 'host-local' },
  };
}
