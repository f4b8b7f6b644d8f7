import { networkUsers } from '../../../container/networks/network-users';
import { defaultNetworkName } from '../../../network/record/default-network';
import { asJson, labelsText, networkFields } from '../../../network/record/network-fields';
import { parseNetworkFilters } from '../../../network/record/network-filters';
import { listNetworks } from '../../../network/record/network-record';
import { shortId } from '../../../lib/id';
import { defineCommand } from '../../define-command';
import { printRows } from '../../print/print-rows';

/** `tspod network ls`. */
export default defineCommand({
  summary: 'List networks',
  usage: '[options]',
  description: 'Lists networks, the default one too.',
  examples: ['tspod network ls', "tspod network ls --filter driver=bridge --format '{{.Name}} {{.Subnets}}'"],
  options: {
    filter: {
      type: 'list',
      short: 'f',
      value: 'KEY=VALUE',
      description:
        'Show only networks for which this holds: name, id, driver, label, label!, until, dangling',
    },
    format: { type: 'string', value: 'FORMAT', description: 'JSON, table or a Go template' },
    'no-trunc': { type: 'boolean', default: false, description: 'Do not shorten ids' },
    noheading: { type: 'boolean', short: 'n', default: false, description: 'Do not print the headings' },
    quiet: { type: 'boolean', short: 'q', default: false, description: 'Print names only' },
  },
  args: { min: 0, max: 0 },
  configured: true,
  async run(ctx, flags, _args, output) {
    const matches = parseNetworkFilters(flags.filter);
    const users = flags.filter.some((text) => text.startsWith('dangling')) ? networkUsers(ctx) : new Map();
    const networks = listNetworks(ctx).filter((network) =>
      // the default network is in use as long as it is there
      matches(network, { isUsed: (name) => users.has(name) || name === defaultNetworkName(ctx) }),
    );
    if (flags.quiet) return output.write(networks.map(({ name }) => `${name}\n`).join(''));
    const id = (text: string): string => (flags['no-trunc'] ? text : shortId(text));
    await printRows(
      output,
      networks.map((network) =>
        asJson({ ...networkFields(network), ID: id(network.id), Labels: labelsText(network) }, network),
      ),
      {
        name: 'network ls',
        columns: ['ID', 'Name', 'Driver'],
        headers: { ID: 'NETWORK ID', IPv6Enabled: 'I PV 6 ENABLED' },
        format: flags.format,
        noHeading: flags.noheading,
        json: networks,
        indent: 2,
      },
    );
  },
});
