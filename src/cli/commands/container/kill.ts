import { killContainer } from '../../../container/kill';
import { selectContainers, throwFailures } from '../../../container/select';
import { parseSignal } from '../../../lib/signals';
import { defineCommand } from '../../define-command';
import { allOption, cidfileOption, latestOption } from '../../options/selection';
import { forEachTarget } from './for-each-target';

/** `tspod kill`. */
export default defineCommand({
  summary: 'Kill one or more running containers with a specific signal',
  usage: '[options] CONTAINER [CONTAINER...]',
  description: 'Sends SIGKILL, or the signal of --signal, to the first process of each container.',
  options: {
    all: allOption('Signal all running containers'),
    cidfile: cidfileOption,
    latest: latestOption,
    signal: {
      type: 'string',
      short: 's',
      value: 'SIGNAL',
      default: 'KILL',
      description: 'The signal to send: a name or a number',
    },
  },
  args: { min: 0 },
  examples: ['tspod kill web', 'tspod kill --signal HUP web'],
  async run(ctx, { all, latest, cidfile, signal }, args, output) {
    const number = parseSignal(signal);
    const selected = selectContainers(ctx, { names: args, all, latest, cidfiles: cidfile }, ['running']);
    const failures = await forEachTarget(selected.targets, output, ({ id }) =>
      killContainer(ctx, id, number),
    );
    throwFailures([...selected.failures, ...failures]);
  },
});
