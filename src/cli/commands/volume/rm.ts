import { removeUnusedVolume } from '../../../container/volumes/remove-volumes';
import { TspodError } from '../../../lib/errors';
import { volumeNames } from '../../../volume/volume-record';
import { defineCommand } from '../../define-command';
import { timeOption } from '../../options/selection';

/** `tspod volume rm`. */
export default defineCommand({
  summary: 'Remove one or more volumes',
  usage: '[options] VOLUME [VOLUME...]',
  examples: ['tspod volume rm data', 'tspod volume rm --all'],
  options: {
    all: { type: 'boolean', short: 'a', default: false, description: 'Remove all volumes' },
    force: {
      type: 'boolean',
      short: 'f',
      default: false,
      description: 'Remove the containers that use a volume too; a missing volume is no error',
    },
    time: timeOption,
  },
  args: { min: 0 },
  async run(ctx, flags, args, output) {
    if (flags.all === args.length > 0) {
      throw new TspodError('usage', 'choose either volumes by name, or --all');
    }
    const errors: TspodError[] = [];
    for (const name of flags.all ? volumeNames(ctx) : args) {
      try {
        output.print(await removeUnusedVolume(ctx, name, { force: flags.force, timeout: flags.time }));
      } catch (error) {
        if (!(error instanceof TspodError)) throw error;
        if (!(flags.force && error.code === 'not-found')) errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors);
  },
});
