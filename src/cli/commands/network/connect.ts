import { findContainerId } from '../../../container/find';
import { connectNetwork } from '../../../container/networks/change-networks';
import { addAddress, parseIp, parseMac } from '../../../network/parse-network-ask';
import type { NetworkAsk } from '../../../network/types';
import { defineCommand } from '../../define-command';

/** `tspod network connect`. */
export default defineCommand({
  summary: 'Add a container to a network',
  usage: '[options] NETWORK CONTAINER',
  description:
    'Connects a container to a further network. One that runs has the new interface at once, and keeps it over restarts. The container was made ' +
    'with --network bridge or with the name of a network.',
  examples: ['tspod network connect db web', 'tspod network connect --alias cache --ip 10.20.0.9 db web'],
  options: {
    alias: { type: 'list', commas: true, value: 'NAME', description: 'A further name in this network' },
    ip: { type: 'string', value: 'ADDRESS', description: 'Its IPv4 address in this network' },
    ip6: { type: 'string', value: 'ADDRESS', description: 'Its IPv6 address in this network' },
    'mac-address': { type: 'string', value: 'ADDRESS', description: 'Its MAC address in this network' },
  },
  args: { min: 2, max: 2 },
  configured: true,
  async run(ctx, flags, [network = '', container = '']) {
    const ask: NetworkAsk = { name: network, addresses: [], aliases: flags.alias };
    if (flags.ip) addAddress(ask, parseIp(flags.ip));
    if (flags.ip6) addAddress(ask, parseIp(flags.ip6));
    if (flags['mac-address']) ask.mac = parseMac(flags['mac-address']);
    await connectNetwork(ctx, findContainerId(ctx, container), ask);
  },
});
