import { unpauseContainer } from '../../../container/pause';
import { selectContainers, throwFailures } from '../../../container/select';
import { defineCommand } from '../../define-command';
import { allOption, cidfileOption, filterOption, latestOption } from '../../options/selection';
import { forEachTarget } from './for-each-target';

/** `tspod unpause`. */
export default defineCommand({
  summary: 'Unpause the processes in one or more containers',
  usage: '[options] CONTAINER [CONTAINER...]',
  options: {
    all: allOption('Unpause all paused containers'),
    cidfile: cidfileOption,
    filter: filterOption,
    latest: latestOption,
  },
  args: { min: 0 },
  examples: ['tspod unpause web', 'tspod unpause --all'],
  async run(ctx, { all, latest, filter, cidfile }, args, output) {
    const selection = { names: args, all, latest, filters: filter, cidfiles: cidfile };
    const selected = selectContainers(ctx, selection, ['paused']);
    const failures = await forEachTarget(selected.targets, output, ({ id }) => unpauseContainer(ctx, id));
    throwFailures([...selected.failures, ...failures]);
  },
});
