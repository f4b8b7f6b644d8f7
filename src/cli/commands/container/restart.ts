import { loadRecord } from '../../../container/find';
import { resumeDetached } from '../../../container/resume';
import { selectContainers, throwFailures } from '../../../container/select';
import { stopContainer } from '../../../container/stop';
import { defineCommand } from '../../define-command';
import { configure } from '../../options/configure';
import { allOption, cidfileOption, filterOption, latestOption, timeOption } from '../../options/selection';
import { forEachTarget } from './for-each-target';
import { recordContainerEvent } from '../../../container/container-events';
import { isAlive, readState } from '../../../container/state/status';

/** `tspod restart`. */
export default defineCommand({
  summary: 'Restart one or more containers',
  usage: '[options] CONTAINER [CONTAINER...]',
  description: 'Stops containers and starts them again; those that do not run are started.',
  options: {
    all: allOption('Restart all containers, running or not'),
    cidfile: cidfileOption,
    filter: filterOption,
    latest: latestOption,
    running: { type: 'boolean', description: 'Restart all running containers' },
    time: timeOption,
  },
  args: { min: 0 },
  examples: ['tspod restart web', 'tspod restart --running'],
  async run(ctx, { all, latest, filter, cidfile, running, time }, args, output) {
    await configure(ctx);
    const selected = selectContainers(
      ctx,
      { names: args, all: all || running, latest, filters: filter, cidfiles: cidfile },
      running ? ['running'] : undefined,
    );
    const failures = await forEachTarget(selected.targets, output, async ({ id }) => {
      recordContainerEvent(ctx, loadRecord(ctx, id), 'restart');
      if (isAlive(readState(ctx, id))) await ctx.flushEvents?.();
      await stopContainer(ctx, id, { timeout: time, inPassing: true });
      await resumeDetached(ctx, loadRecord(ctx, id));
    });
    throwFailures([...selected.failures, ...failures]);
  },
});
