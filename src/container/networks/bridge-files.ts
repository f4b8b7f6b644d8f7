import { readFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { hostsFile } from '../../network/hosts-file';
import { resolvConf, resolvSource } from '../../network/resolv-conf';
import type { ContainerRecord } from '../record';
import { hostNameOf, hostsBase } from '../spec/etc-files';
import type { AssignedFoot } from './assign-feet';
import { bridgeHelper, forwarderOf, hostOf } from './bridge-wish';

/** Where netd answers for names of containers. */
const DOMAIN = 'dns.podman';

/** The texts of /etc/hosts and /etc/resolv.conf of a container on bridges; undefined for a file that it shall not have. */
export function bridgeFiles(
  ctx: Context,
  record: ContainerRecord,
  feet: readonly AssignedFoot[],
): { hosts: string | undefined; resolv: string | undefined } {
  const { noHosts, dns } = record.options;
  return {
    hosts: noHosts ? undefined : hostsText(ctx, record, feet),
    resolv: dns.includes('none') ? undefined : resolvText(ctx, record, feet),
  };
}

function hostsText(ctx: Context, record: ContainerRecord, feet: readonly AssignedFoot[]): string {
  const addresses = feet.flatMap(({ foothold }) =>
    foothold.addresses.map((text) => text.replace(/\/.*/, '')),
  );
  const hasWayOut = feet.some(({ network }) => !network.internal);
  return hostsFile({
    base: hostsBase(ctx, record) ?? read('/etc/hosts') ?? '',
    addHost: record.options.addHost,
    hostGateway: hasWayOut ? hostOf(ctx, bridgeHelper(ctx)) : undefined,
    own: { addresses, names: [hostNameOf(record), record.name] },
  });
}

/** netd asks the servers of --dns itself, so that names of containers resolve with them, too. */
function resolvText(ctx: Context, record: ContainerRecord, feet: readonly AssignedFoot[]): string {
  const { dns, dnsSearch, dnsOptions } = record.options;
  const servers = feet.flatMap(({ network }) =>
    network.dns ? network.subnets.flatMap(({ gateway }) => gateway ?? []) : [],
  );
  const base = resolvSource(read);
  if (servers.length === 0) {
    const forwarder = forwarderOf(bridgeHelper(ctx));
    return resolvConf({ base, forwarder, dns, search: dnsSearch, options: dnsOptions });
  }
  const search = dnsSearch.length > 0 ? dnsSearch : [DOMAIN, ...hostSearch(base)];
  return resolvConf({ base, forwarder: undefined, dns: servers, search, options: dnsOptions });
}

function hostSearch(text: string): string[] {
  const lines = [...text.matchAll(/^\s*(?:search|domain)\s+(.*)$/gm)];
  return (lines.at(-1)?.[1] ?? '').split(/\s+/).filter((domain) => domain !== '');
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
