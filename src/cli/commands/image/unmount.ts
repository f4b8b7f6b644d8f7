import { mountedImages, unmountImage } from '../../../image/mount/mount-image';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import { requireUnshare } from '../../options/mount';

/** `tspod image unmount`. */
export default defineCommand({
  summary: "Unmount an image's root file system",
  usage: '[options] IMAGE [IMAGE...]',
  description: 'Undoes "tspod image mount" inside the same "tspod unshare".',
  examples: ['tspod image unmount busybox', 'tspod image unmount --all'],
  options: {
    all: { type: 'boolean', short: 'a', description: 'Unmount all images that are mounted' },
    force: { type: 'boolean', short: 'f', description: 'Accepted as Podman has it: mounts are not counted' },
  },
  args: { min: 0 },
  run(ctx, { all }, args, output) {
    requireUnshare(ctx, 'image unmount');
    if (all !== true && args.length === 0)
      throw new TspodError('usage', 'image name or ID must be specified');
    const names = all === true ? mountedImages(ctx).map(({ id }) => id) : args;
    for (const name of names) output.print(unmountImage(ctx, name));
  },
});
