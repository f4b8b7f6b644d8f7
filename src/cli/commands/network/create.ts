import { TspodError } from '../../../lib/errors';
import { createNetwork } from '../../../network/record/create-network';
import { loadNetwork } from '../../../network/record/network-record';
import { defineCommand } from '../../define-command';

/** `tspod network create`. */
export default defineCommand({
  summary: 'Create networks for containers and pods',
  usage: '[options] [NAME]',
  description:
    'Makes a network that containers join with --network NAME, and prints its name. Containers of one network reach each other, by name ' +
    'too; those of other networks they do not reach. The network is a file in the format of netavark; a bridge is there as long as a ' +
    'container of the network runs.\n\n' +
    'Without --subnet the first free network of 24 bits from 10.89.0.0 on is taken, with --ipv6 a unique local one of IPv6 besides.\n\n' +
    'The options of --opt are mtu (68 to 65535), metric (of the default route), isolate (true, which is the default, strict, or ' +
    'false: networks with isolate=false reach each other) and no_default_route (true or false).',
  examples: [
    'tspod network create web',
    'tspod network create --subnet 10.20.0.0/24 --gateway 10.20.0.254 --ip-range 10.20.0.128/25 web',
    'tspod network create --ipv6 --internal --opt mtu=1400 db',
  ],
  options: {
    'disable-dns': { type: 'boolean', default: false, description: 'Do not resolve names of containers' },
    dns: {
      type: 'list',
      commas: true,
      value: 'ADDRESS',
      description: 'Ask these servers for names that no container has',
    },
    driver: { type: 'string', short: 'd', value: 'DRIVER', default: 'bridge', description: 'bridge' },
    gateway: {
      type: 'list',
      commas: true,
      value: 'ADDRESS',
      description: 'The address of the bridge, for the subnet at its place',
    },
    ignore: { type: 'boolean', default: false, description: 'Do not fail if the network exists' },
    'interface-name': { type: 'string', value: 'NAME', description: 'The name of the bridge' },
    internal: { type: 'boolean', default: false, description: 'Without a way out of the network' },
    'ip-range': {
      type: 'list',
      value: 'RANGE',
      description: 'Choose addresses from ADDRESS/BITS or FIRST-LAST, for the subnet at its place',
    },
    'ipam-driver': {
      type: 'string',
      value: 'DRIVER',
      description: 'host-local, or none: containers get no addresses',
    },
    ipv6: { type: 'boolean', default: false, description: 'Addresses of IPv6, too' },
    label: { type: 'list', value: 'KEY=VALUE', description: 'Set metadata for the network' },
    opt: { type: 'list', short: 'o', value: 'KEY=VALUE', description: 'Set an option of the bridge' },
    route: {
      type: 'list',
      value: 'DESTINATION,GATEWAY[,METRIC]',
      description: 'A route that containers of the network get',
    },
    subnet: { type: 'list', value: 'ADDRESS/BITS', description: 'The addresses of the network' },
  },
  args: { min: 0, max: 1 },
  configured: true,
  run(ctx, flags, [name], output) {
    const labels = parseLabels(flags.label);
    if (flags.ignore && name !== undefined && loadNetwork(ctx, name)) return output.print(name);
    const network = createNetwork(ctx, {
      name: name || undefined,
      driver: flags.driver,
      subnets: flags.subnet,
      gateways: flags.gateway,
      ranges: flags['ip-range'],
      ipv6: flags.ipv6,
      internal: flags.internal,
      disableDns: flags['disable-dns'],
      dns: flags.dns,
      labels,
      options: flags.opt,
      interfaceName: flags['interface-name'],
      ipamDriver: flags['ipam-driver'],
      routes: flags.route,
    });
    output.print(network.name);
  },
});

function parseLabels(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf('=');
      if (equals === 0)
        throw new TspodError('usage', `failed to parse labels: invalid label format: "${text}"`);
      return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}
