import { pauseContainer } from '../../../container/pause';
import { selectContainers, throwFailures } from '../../../container/select';
import { defineCommand } from '../../define-command';
import { allOption, cidfileOption, filterOption, latestOption } from '../../options/selection';
import { forEachTarget } from './for-each-target';

/** `tspod pause`. */
export default defineCommand({
  summary: 'Pause the processes in one or more containers',
  usage: '[options] CONTAINER [CONTAINER...]',
  options: {
    all: allOption('Pause all running containers'),
    cidfile: cidfileOption,
    filter: filterOption,
    latest: latestOption,
  },
  args: { min: 0 },
  examples: ['tspod pause web', 'tspod pause --all'],
  async run(ctx, { all, latest, filter, cidfile }, args, output) {
    const selection = { names: args, all, latest, filters: filter, cidfiles: cidfile };
    const selected = selectContainers(ctx, selection, ['running']);
    const failures = await forEachTarget(selected.targets, output, ({ id }) => pauseContainer(ctx, id));
    throwFailures([...selected.failures, ...failures]);
  },
});
