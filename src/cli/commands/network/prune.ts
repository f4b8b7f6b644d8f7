import { networkUsers } from '../../../container/networks/network-users';
import { pruneNetworks } from '../../../container/networks/remove-network';
import { defaultNetworkName } from '../../../network/record/default-network';
import { parseNetworkFilters, PRUNE_NETWORK_FILTERS } from '../../../network/record/network-filters';
import { listNetworks } from '../../../network/record/network-record';
import { confirm } from '../../confirm';
import { defineCommand } from '../../define-command';

/** `tspod network prune`. */
export default defineCommand({
  summary: 'Remove all unused networks',
  usage: '[options]',
  description:
    'Removes the networks that no container is connected to, and prints their names. The default network stays.',
  examples: ['tspod network prune', 'tspod network prune --force --filter until=24h'],
  options: {
    filter: {
      type: 'list',
      value: 'KEY=VALUE',
      description: 'Remove only networks for which this holds: label, label!, until',
    },
    force: { type: 'boolean', short: 'f', default: false, description: 'Do not ask' },
  },
  args: { min: 0, max: 0 },
  configured: true,
  async run(ctx, flags, _args, output) {
    const matches = parseNetworkFilters(flags.filter, PRUNE_NETWORK_FILTERS);
    const users = networkUsers(ctx);
    const isUsed = (name: string): boolean => users.has(name);
    const unused = listNetworks(ctx).filter(
      (network) =>
        !isUsed(network.name) && network.name !== defaultNetworkName(ctx) && matches(network, { isUsed }),
    );
    const warning = 'WARNING! This will remove all networks not used by at least one container.';
    const names = unused.map(({ name }) => name);
    if (!flags.force && names.length > 0 && !(await confirm(output, warning, names))) return;
    for (const name of pruneNetworks(ctx, unused)) output.print(name);
  },
});
