import { resolve } from 'node:path';
import { TspodError } from '../../../lib/errors';
import { parseExpose } from '../../../network/parse-expose';
import { parseNetworkRate } from '../../../network/parse-network-rate';
import { parsePublish } from '../../../network/parse-publish';
import type { ContainerFlags } from './container-options';
import { parseNetworks } from './parse-networks';

/** The network of a container, from its flags. */
export function parseNetworkFlags(flags: ContainerFlags) {
  return {
    network: parseNetworks(flags),
    ...(flags['network-rate'] ? { networkRate: parseNetworkRate(flags['network-rate']) } : {}),
    ports: flags.publish.filter((text) => text !== '').flatMap(parsePublish),
    publishAll: flags['publish-all'] ?? false,
    expose: flags.expose.flatMap(parseExpose),
    dns: flags.dns,
    dnsSearch: flags['dns-search'],
    dnsOptions: flags['dns-option'],
    addHost: flags['add-host'],
    noHosts: flags['no-hosts'] ?? false,
    ...hostsFile(flags),
    ...(flags['no-hostname'] ? { noHostname: true } : {}),
  };
}

function hostsFile(flags: ContainerFlags): { hostsFile?: string } {
  const text = flags['hosts-file'];
  if (!text) return {};
  if (flags['no-hosts']) throw new TspodError('usage', '--no-hosts and --hosts-file cannot be set together');
  return { hostsFile: text === 'none' || text === 'image' ? text : resolve(text) };
}
