import { readFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import type { BridgeWish } from '../../network/bridge-types';
import { hostAddress } from '../../network/host-address';
import { toldHost } from '../../network/network-files';
import { networkHelper, type NetworkHelper } from '../../network/network-plan';
import { pastaArguments, pastaForwarder, pastaHost } from '../../network/pasta';
import { slirpAddress, slirpArguments } from '../../network/slirp4netns';
import { TspodError } from '../../lib/errors';
import type { ContainerRecord } from '../record';
import type { AssignedFoot } from './assign-feet';

/** What netd is to do for a container. Throws 'machine' when no network helper is installed. */
export function bridgeWish(ctx: Context, record: ContainerRecord, feet: readonly AssignedFoot[]): BridgeWish {
  const helper = bridgeHelper(ctx);
  const { networkRate, dns } = record.options;
  const host = hostOf(ctx, helper);
  const names = ['host.containers.internal', 'host.docker.internal'];
  return {
    containerId: record.id,
    name: record.name,
    feet: feet.map(({ ask, network, foothold }) => ({
      network,
      interface: foothold.interface,
      addresses: foothold.addresses,
      mac: foothold.mac,
      aliases: ask.aliases,
    })),
    ports: record.ports,
    ...(networkRate ? { rate: networkRate } : {}),
    upstream: dns.filter((server) => server !== 'none').length > 0 ? dns : hostResolvers(),
    ...(host === undefined ? {} : { hosts: [{ address: host, names }] }),
    helper: helper.name,
    helperArgs: helper.name === 'pasta' ? pastaArguments(helper, []) : slirpArguments(helper, false),
  };
}

/** What connects the bridges with the world. */
export function bridgeHelper(ctx: Context): NetworkHelper {
  const helper = networkHelper(ctx, { kind: 'private' });
  if (helper) return helper;
  throw new TspodError('machine', 'networks need slirp4netns or pasta');
}

/** The address at which containers on bridges reach the host, or are told to; undefined where there is none. */
export function hostOf(ctx: Context, helper: NetworkHelper): string | undefined {
  return toldHost(ctx, reachedHost(helper));
}

function reachedHost(helper: NetworkHelper): string | undefined {
  if (helper.name === 'pasta') return pastaHost(helper);
  if (helper.options['allow_host_loopback'] !== 'true') return hostAddress();
  return slirpAddress(helper.options['cidr']).replace(/\d+$/, (last) => String(Number(last) - 98));
}

/** The address at which the helper answers for the resolvers of the host. */
export function forwarderOf(helper: NetworkHelper): string {
  if (helper.name === 'pasta') return pastaForwarder(helper.args);
  return slirpAddress(helper.options['cidr']).replace(/\d+$/, (last) => String(Number(last) - 97));
}

/** The host's name servers. netd asks from the host's own network: those on its loopback are as good as others. */
export function hostResolvers(): string[] {
  try {
    const text = readFileSync('/etc/resolv.conf', 'utf8');
    return [...text.matchAll(/^\s*nameserver\s+([0-9a-fA-F.:]+)\s*$/gm)].map(([, address = '']) => address);
  } catch {
    return [];
  }
}
