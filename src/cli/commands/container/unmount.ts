import { unmountContainer } from '../../../container/rootfs/mount-container';
import { selectContainers, throwFailures } from '../../../container/select';
import { defineCommand } from '../../define-command';
import { requireUnshare } from '../../options/mount';
import { allOption, latestOption } from '../../options/selection';
import { forEachTarget } from './for-each-target';

/** `tspod unmount`. */
export default defineCommand({
  summary: "Unmount a working container's root file system",
  usage: '[options] CONTAINER [CONTAINER...]',
  description:
    'Undoes "tspod mount" inside the same "tspod unshare". A running container keeps its file system.',
  examples: ['tspod unmount web', 'tspod unmount --all'],
  options: {
    all: allOption('Unmount all containers'),
    force: { type: 'boolean', short: 'f', description: 'Accepted as Podman has it: mounts are not counted' },
    latest: latestOption,
  },
  args: { min: 0 },
  async run(ctx, { all, latest }, args, output) {
    requireUnshare(ctx, 'unmount');
    const selected = selectContainers(ctx, { names: args, all, latest });
    const failures = await forEachTarget(selected.targets, output, ({ id }) => unmountContainer(ctx, id));
    throwFailures([...selected.failures, ...failures]);
  },
});
