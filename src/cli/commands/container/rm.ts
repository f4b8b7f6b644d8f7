import { TspodError } from '../../../lib/errors';
import { dropStaleName } from '../../../container/names';
import { removeContainers } from '../../../container/remove';
import { selectContainers, throwFailures, type Selected, type Selection } from '../../../container/select';
import type { Context } from '../../../lib/context';
import { defineCommand } from '../../define-command';
import {
  allOption,
  cidfileOption,
  longFilterOption,
  ignoreOption,
  latestOption,
  timeOption,
} from '../../options/selection';

/** Podman's exit status when a container is missing. */
const MISSING = 1;

/** `tspod rm`. */
export default defineCommand({
  summary: 'Remove one or more containers',
  usage: '[options] CONTAINER [CONTAINER...]',
  description:
    'Removes containers, not their images. One that runs is removed only with --force, which stops it first.',
  options: {
    all: allOption('Remove all containers'),
    cidfile: cidfileOption,
    depend: { type: 'boolean', description: 'Remove also the containers that use its namespaces' },
    filter: longFilterOption,
    force: {
      type: 'boolean',
      short: 'f',
      description: 'Stop running containers first, and remove broken ones',
    },
    ignore: ignoreOption,
    latest: latestOption,
    time: timeOption,
    volumes: { type: 'boolean', short: 'v', description: 'Remove their anonymous volumes too' },
  },
  args: { min: 0 },
  examples: ['tspod rm web', 'tspod rm --force --all', 'tspod rm --filter status=exited'],
  async run(ctx, flags, args, output) {
    const { all, latest, filter, cidfile, force = false, ignore = false, time } = flags;
    if (time !== undefined && !force)
      throw new TspodError('usage', '--force option must be specified to use the --time option');
    const selection = { names: args, all, latest, filters: filter, cidfiles: cidfile };
    const { targets, failures } = select(ctx, { ...selection, ignore: ignore || force });
    const removal = await removeContainers(
      ctx,
      targets.map(({ id }) => id),
      { force, timeout: time, volumes: flags.volumes ?? false, depend: flags.depend ?? false },
    );
    for (const name of args) dropStaleName(ctx, name);
    const labels = new Map(targets.map(({ id, label }) => [id, label]));
    for (const id of removal.removed) output.print(labels.get(id) ?? id);
    throwFailures([...failures.map(asMissing), ...removal.failures]);
  },
});

/** As selectContainers(); a missing latest container is a failure like another. */
function select(ctx: Context, selection: Selection): Selected {
  try {
    return selectContainers(ctx, selection);
  } catch (error) {
    if (!selection.latest || !(error instanceof TspodError) || error.code !== 'not-found') throw error;
    return { targets: [], failures: [error] };
  }
}

function asMissing(error: unknown): unknown {
  if (!(error instanceof TspodError) || error.code !== 'not-found') return error;
  const message = error.message.replace('name or ID', 'ID or name');
  return new TspodError('not-found', message, { exitCode: MISSING, cause: error });
}
