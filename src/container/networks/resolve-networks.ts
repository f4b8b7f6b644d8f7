import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { defaultNetworkName } from '../../network/record/default-network';
import { findNetwork } from '../../network/record/network-record';
import { networkSettings } from '../../network/record/network-settings';
import type { NetworkAsk } from '../../network/types';
import type { ContainerOptions } from '../record';
import { findAsked } from './assign-feet';

/**
 * The options with full names of networks, each network once. Throws 'not-found' for a network that is missing, 'usage' for what it
 * cannot give.
 */
export function resolveNetworks(ctx: Context, options: ContainerOptions): ContainerOptions {
  const { network } = options;
  if (network.kind !== 'bridge') return options;
  const networks: NetworkAsk[] = [];
  for (const ask of network.networks) {
    const resolved = resolveAsk(ctx, ask);
    const same = networks.findIndex(({ name }) => name === resolved.name);
    if (same < 0) networks.push(resolved);
    else networks[same] = merge(networks[same] ?? resolved, resolved);
  }
  checkInterfaces(networks);
  return { ...options, network: { kind: 'bridge', networks } };
}

/** What was asked of a network, with its full name; checked. Throws as resolveNetworks(). */
export function resolveAsk(ctx: Context, ask: NetworkAsk): NetworkAsk {
  const record = findNetwork(ctx, ask.name === '' ? defaultNetworkName(ctx) : ask.name);
  if (record.driver !== 'bridge')
    throw new TspodError(
      'unsupported',
      `network ${record.name} has the driver ${record.driver}: only bridge is built`,
    );
  const settings = networkSettings(record);
  const found = ask.addresses.map((address) => findAsked(settings, address).subnet.subnet);
  const twice = found.find((subnet, index) => found.indexOf(subnet) !== index);
  if (twice !== undefined) throw new TspodError('usage', `two addresses of subnet ${twice} were asked for`);
  return { ...ask, name: record.name };
}

/** The same network asked for twice. */
function merge(first: NetworkAsk, second: NetworkAsk): NetworkAsk {
  return {
    ...first,
    ...second,
    addresses: [...new Set([...first.addresses, ...second.addresses])],
    aliases: [...new Set([...first.aliases, ...second.aliases])],
  };
}

/** Throws 'usage' when two networks were to have one interface. */
export function checkInterfaces(networks: readonly NetworkAsk[]): void {
  const names = networks.flatMap((ask) => ask.interface ?? []);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new TspodError('usage', `network interface name "${twice}" is already assigned to another network`);
}
