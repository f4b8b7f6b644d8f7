import { removeNetwork } from '../../../container/networks/remove-network';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import { timeOption } from '../../options/selection';

/** `tspod network rm`. */
export default defineCommand({
  summary: 'Remove networks',
  usage: '[options] NETWORK [NETWORK...]',
  description:
    'Removes networks and prints what was typed for each. One that containers are connected to stays, and they are named; with --force ' +
    'these containers are removed first, and a missing network is no error. The default network stays.',
  examples: ['tspod network rm web', 'tspod network rm --force web db'],
  options: {
    force: {
      type: 'boolean',
      short: 'f',
      default: false,
      description: 'Remove the containers of a network too; a missing network is no error',
    },
    time: timeOption,
  },
  args: { min: 1 },
  configured: true,
  async run(ctx, flags, names, output) {
    const errors: TspodError[] = [];
    for (const name of names) {
      try {
        await removeNetwork(ctx, name, { force: flags.force, timeout: flags.time });
        output.print(name);
      } catch (error) {
        if (!(error instanceof TspodError)) throw error;
        if (!(flags.force && error.code === 'not-found')) errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors);
  },
});
