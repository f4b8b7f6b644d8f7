import { selectContainers, throwFailures } from '../../../container/select';
import { stopContainer } from '../../../container/stop';
import { defineCommand } from '../../define-command';
import {
  allOption,
  cidfileOption,
  filterOption,
  ignoreOption,
  latestOption,
  timeOption,
} from '../../options/selection';
import { forEachTarget } from './for-each-target';

/** `tspod stop`. */
export default defineCommand({
  summary: 'Stop one or more containers',
  usage: '[options] CONTAINER [CONTAINER...]',
  description:
    'Sends the stop signal of each container (SIGTERM unless it says otherwise), and SIGKILL when it has not ended in time.',
  options: {
    all: allOption('Stop all running containers'),
    cidfile: cidfileOption,
    filter: filterOption,
    ignore: ignoreOption,
    latest: latestOption,
    time: timeOption,
  },
  args: { min: 0 },
  examples: ['tspod stop web', 'tspod stop --time 2 web db', 'tspod stop --all'],
  async run(ctx, { all, latest, filter, cidfile, ignore, time }, args, output) {
    const selected = selectContainers(
      ctx,
      { names: args, all, latest, filters: filter, cidfiles: cidfile, ignore },
      ['running', 'initialized', 'created', 'exited'],
    );
    const failures = await forEachTarget(selected.targets, output, ({ id }) =>
      stopContainer(ctx, id, { timeout: time }),
    );
    throwFailures([...selected.failures, ...failures]);
  },
});
