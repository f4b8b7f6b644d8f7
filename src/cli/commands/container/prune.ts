import { parseContainerFilters, PRUNE_FILTERS } from '../../../container/list/filters';
import { listContainers } from '../../../container/list/list';
import { removeContainers } from '../../../container/remove';
import { throwFailures } from '../../../container/select';
import { defineCommand } from '../../define-command';
import { longFilterOption } from '../../options/selection';
import { confirm } from '../../confirm';

const WARNING = 'WARNING! This will remove all non running containers.';

/** `tspod container prune`. */
export default defineCommand({
  summary: 'Remove all containers that do not run',
  usage: '[options]',
  options: {
    filter: longFilterOption,
    force: { type: 'boolean', short: 'f', description: 'Do not ask' },
  },
  args: { min: 0, max: 0 },
  examples: ['tspod container prune --force --filter until=24h'],
  async run(ctx, { filter, force }, _args, output) {
    const matches = parseContainerFilters(ctx, filter, PRUNE_FILTERS);
    const chosen = listContainers(ctx, ['created', 'exited'])
      .filter(matches)
      .map(({ record }) => record);
    const names = chosen.map(({ name }) => name);
    if (!force && !(await confirm(output, WARNING, names))) return;
    const ids = chosen.map(({ id }) => id);
    const { removed, failures } = await removeContainers(ctx, ids);
    for (const id of removed) output.print(id);
    throwFailures(failures);
  },
});
