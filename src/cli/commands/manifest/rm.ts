import { requireList } from '../../../image/manifest-list/local-list';
import { removeImage, removeUnusedContent } from '../../../image/remove/remove-image';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';

/** `tspod manifest rm`. */
export default defineCommand({
  summary: 'Remove a manifest list or image index from local storage',
  usage: '[options] LIST [LIST...]',
  description: 'Takes away the name, and with the last name the list. The images on it stay.',
  examples: ['tspod manifest rm web:1.2'],
  options: {
    ignore: { type: 'boolean', short: 'i', default: false, description: 'A missing list is no error' },
  },
  args: { min: 1 },
  async run(ctx, flags, names, output) {
    const removal = { force: false, removeContainers: () => Promise.resolve() };
    const failures: TspodError[] = [];
    for (const name of names) {
      try {
        requireList(ctx, name);
        const { untagged, deleted } = await removeImage(ctx, name, removal);
        for (const each of untagged) output.print(`Untagged: ${each}`);
        if (deleted !== undefined) output.print(`Deleted: ${deleted}`);
      } catch (error) {
        if (!(error instanceof TspodError)) throw error;
        if (error.code !== 'not-found') failures.push(error);
        else if (!flags.ignore) failures.push(new TspodError('not-found', error.message, { exitCode: 1 }));
      }
    }
    removeUnusedContent(ctx);
    if (failures.length > 0) throw new AggregateError(failures);
  },
});
