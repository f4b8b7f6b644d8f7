import { reloadNetworks } from '../../../container/networks/change-networks';
import { selectContainers, throwFailures } from '../../../container/select';
import { loadRecord } from '../../../container/find';
import type { Context } from '../../../lib/context';
import { defineCommand } from '../../define-command';
import { latestOption } from '../../options/selection';

/** `tspod network reload`. */
export default defineCommand({
  summary: 'Reload the networks of containers',
  usage: '[options] [CONTAINER...]',
  description:
    'Makes the networks of running containers anew out of their records, with addresses and open connections as they are, and prints the ids. ' +
    'Needed after a record was changed by hand; rules of a firewall cannot be lost, since nobody else is in the namespace of the bridges.',
  examples: ['tspod network reload web', 'tspod network reload --all'],
  options: {
    all: { type: 'boolean', short: 'a', default: false, description: 'All running containers on networks' },
    latest: latestOption,
  },
  args: { min: 0 },
  configured: true,
  async run(ctx, { all, latest }, names, output) {
    const { targets, failures } = selectContainers(ctx, { names, all, latest }, ['running', 'paused']);
    const errors = [...failures];
    for (const { id } of targets) {
      if (all && !isOnBridges(ctx, id)) continue;
      try {
        await reloadNetworks(ctx, id);
        output.print(id);
      } catch (error) {
        errors.push(error);
      }
    }
    throwFailures(errors);
  },
});

function isOnBridges(ctx: Context, id: string): boolean {
  return loadRecord(ctx, id).options.network.kind === 'bridge';
}
