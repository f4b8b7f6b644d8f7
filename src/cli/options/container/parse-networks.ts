import { TspodError } from '../../../lib/errors';
import { addAddress, parseIp, parseMac } from '../../../network/parse-network-ask';
import { parseNetworkMode } from '../../../network/parse-network-mode';
import type { NetworkAsk, NetworkMode } from '../../../network/types';
import type { ContainerFlags } from './container-options';

/** The network mode of a container: of several `--network` each names one network. Throws 'usage' in Podman's words. */
export function parseNetworks(flags: ContainerFlags): NetworkMode {
  const [first = parseNetworkMode('private'), ...further] = flags.network.map(parseNetworkMode);
  if (first.kind !== 'bridge') {
    if (further.length > 0)
      throw usage(
        `cannot set multiple networks without bridge network mode, selected mode ${first.kind}: invalid argument`,
      );
    refuseStatic(flags);
    return first;
  }
  const networks = [...first.networks, ...further.flatMap(networksOf)];
  const [only] = networks;
  if (only && networks.length === 1) addStatic(only, flags);
  else refuseForSeveral(flags);
  for (const network of networks) network.aliases.push(...flags['network-alias']);
  return { kind: 'bridge', networks };
}

function networksOf(mode: NetworkMode): NetworkAsk[] {
  if (mode.kind === 'bridge') return mode.networks;
  throw usage(
    `can only set extra network names, selected mode ${mode.kind} conflicts with bridge: invalid argument`,
  );
}

const STATIC = ['ip', 'ip6', 'mac-address'] as const;

function refuseStatic(flags: ContainerFlags): void {
  const given = STATIC.find((name) => flags[name] !== undefined);
  const name = given ?? (flags['network-alias'].length > 0 ? 'network-alias' : undefined);
  if (name === undefined) return;
  throw new TspodError(
    'usage',
    `--${name} can only be set when the network mode is bridge: invalid argument`,
    {
      hint: 'name a network: --network bridge, or one made with "tspod network create"',
    },
  );
}

function refuseForSeveral(flags: ContainerFlags): void {
  const name = STATIC.find((each) => flags[each] !== undefined);
  if (name === undefined) return;
  throw new TspodError('usage', `--${name} can only be set for a single network: invalid argument`, {
    hint: 'write it behind the name of a network: --network NAME:ip=ADDRESS,mac=ADDRESS',
  });
}

function addStatic(network: NetworkAsk, flags: ContainerFlags): void {
  const { ip, ip6, 'mac-address': mac } = flags;
  if (ip) addAddress(network, family(parseIp(ip), 'ip', false));
  if (ip6) addAddress(network, family(parseIp(ip6), 'ip6', true));
  if (mac) network.mac = parseMac(mac);
}

function family(address: string, option: string, isSix: boolean): string {
  if (address.includes(':') === isSix) return address;
  throw usage(`--${option}: "${address}" is not an IPv${isSix ? 6 : 4} address`);
}

function usage(message: string): TspodError {
  return new TspodError('usage', message);
}
