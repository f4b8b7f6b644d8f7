import { removeContainers } from '../../../container/remove';
import { listImages } from '../../../image/list/list-images';
import { removeImage, removeUnusedContent } from '../../../image/remove/remove-image';
import { TspodError } from '../../../lib/errors';
import type { Context } from '../../../lib/context';
import { defineCommand } from '../../define-command';

/** `tspod rmi`. */
export default defineCommand({
  summary: 'Remove one or more images from local storage',
  usage: '[options] IMAGE [IMAGE...]',
  description:
    'Takes away the name, and with the last name the image. Layers that other images or containers need stay. Ends with status 1 when an image is missing and 2 when containers use one.',
  examples: ['tspod rmi busybox', 'tspod rmi --force 0e3a6b780f2f', 'tspod rmi --all'],
  options: {
    all: { type: 'boolean', short: 'a', default: false, description: 'Remove all images' },
    force: {
      type: 'boolean',
      short: 'f',
      default: false,
      description: 'Remove the containers of an image too, and all its names',
    },
    ignore: { type: 'boolean', short: 'i', default: false, description: 'A missing image is no error' },
    'no-prune': {
      type: 'boolean',
      description: 'Accepted as Podman has it: images have no untagged parents here',
    },
  },
  args: { min: 0 },
  async run(ctx, flags, args, output) {
    if (flags.all && args.length > 0) throw new TspodError('usage', 'rmi: names make no sense with --all');
    if (!flags.all && args.length === 0) throw new TspodError('usage', 'image name or ID must be specified');
    const options = {
      force: flags.force,
      wholeImage: flags.all,
      removeContainers: (ids: string[]) => removeUsers(ctx, ids),
    };
    const failures: TspodError[] = [];
    let removed = 0;
    for (const name of flags.all ? listImages(ctx).map(({ id }) => id) : args) {
      try {
        const { untagged, deleted } = await removeImage(ctx, name, options);
        removed++;
        for (const each of untagged) output.print(`Untagged: ${each}`);
        if (deleted !== undefined) output.print(`Deleted: ${deleted}`);
      } catch (error) {
        if (!(error instanceof TspodError)) throw error;
        if (!(error.code === 'not-found' && (flags.ignore || flags.force))) failures.push(error);
      }
    }
    if (removed > 0) removeUnusedContent(ctx);
    if (failures.length > 0) throw new AggregateError(failures);
  },
});

async function removeUsers(ctx: Context, ids: string[]): Promise<void> {
  const { failures } = await removeContainers(ctx, ids, {
    force: true,
    volumes: false,
    depend: true,
    timeout: undefined,
  });
  if (failures.length > 0) throw failures[0];
}
