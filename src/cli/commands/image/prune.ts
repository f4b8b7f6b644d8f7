import { throwFailures } from '../../../container/select';
import { parseImageFilters } from '../../../image/list/image-filters';
import { pruneImages } from '../../../image/remove/prune-images';
import { humanSize } from '../../../lib/size';
import { confirm } from '../../confirm';
import { defineCommand } from '../../define-command';

const WARNING = 'WARNING! This command removes all dangling images.';
const WARNING_ALL =
  'WARNING! This command removes all images without at least one container associated with them.';

/** `tspod image prune`. */
export default defineCommand({
  summary: 'Remove unused images',
  usage: '[options]',
  description:
    'Removes the images that have no name and no container; with --all also those that have a name. Prints the ids of what went. What killed commands left in the store goes, too.',
  examples: ['tspod image prune', 'tspod image prune --all --force --filter until=24h'],
  options: {
    all: {
      type: 'boolean',
      short: 'a',
      description: 'Remove all images that no container uses, not just those without a name',
    },
    'build-cache': {
      type: 'boolean',
      description:
        'Remove what builds keep for the next ones, too: results of steps, directories of RUN --mount',
    },
    external: {
      type: 'boolean',
      description: 'Accepted as Podman has it: there are no containers of other programs in the store',
    },
    filter: {
      type: 'list',
      value: 'KEY=VALUE',
      description:
        'Remove only images for which this holds: label, label!, until and those of "tspod images"',
    },
    force: { type: 'boolean', short: 'f', description: 'Do not ask' },
  },
  args: { min: 0, max: 0 },
  async run(ctx, flags, _args, output) {
    const all = flags.all ?? false;
    const filter = parseImageFilters(ctx, flags.filter);
    if (!flags.force && !(await confirm(output, all ? WARNING_ALL : WARNING, []))) return;
    const { removed, failures } = await pruneImages(ctx, { all, filter });
    for (const id of removed) output.print(id);
    if (flags['build-cache']) {
      const { clearCache } = await import('../../../build/cache/clear-cache');
      output.print(`Total reclaimed space of the build cache: ${humanSize(clearCache(ctx))}`);
    }
    throwFailures(failures);
  },
});
