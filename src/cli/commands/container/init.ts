import { loadRecord } from '../../../container/find';
import { initializeContainer } from '../../../container/initialize';
import { selectContainers, throwFailures } from '../../../container/select';
import { defineCommand } from '../../define-command';
import { configure } from '../../options/configure';
import { allOption, latestOption } from '../../options/selection';
import { forEachTarget } from './for-each-target';

/** `tspod init`. */
export default defineCommand({
  summary: 'Initialize one or more containers',
  usage: '[options] CONTAINER [CONTAINER...]',
  description:
    'Sets containers up, mounts and network among them, without running their programs: "tspod start" does.',
  options: { all: allOption('Initialize all containers that do not run'), latest: latestOption },
  args: { min: 0 },
  examples: ['tspod init web'],
  async run(ctx, { all, latest }, args, output) {
    await configure(ctx);
    const selected = selectContainers(ctx, { names: args, all, latest }, ['created', 'exited']);
    const failures = await forEachTarget(selected.targets, output, ({ id }) =>
      initializeContainer(ctx, loadRecord(ctx, id)),
    );
    throwFailures([...selected.failures, ...failures]);
  },
});
