import { throwFailures } from '../../../container/select';
import { TspodError } from '../../../lib/errors';
import { removeSecret } from '../../../secret/remove-secret';
import { listSecrets } from '../../../secret/secret-store';
import { defineCommand } from '../../define-command';

/** `tspod secret rm`. */
export default defineCommand({
  summary: 'Remove one or more secrets',
  usage: '[options] SECRET [SECRET...]',
  description: 'Containers that were made with a secret keep what they have of it.',
  examples: ['tspod secret rm token', 'tspod secret rm --all'],
  options: {
    all: { type: 'boolean', short: 'a', default: false, description: 'Remove all secrets' },
    ignore: { type: 'boolean', short: 'i', default: false, description: 'A missing secret is no error' },
  },
  args: { min: 0 },
  run(ctx, flags, args, output) {
    if (flags.all === args.length > 0)
      throw new TspodError('usage', '`tspod secret rm` requires one argument, or the --all flag');
    const failures: unknown[] = [];
    for (const name of flags.all ? listSecrets(ctx).map(({ id }) => id) : args) {
      try {
        output.print(removeSecret(ctx, name));
      } catch (error) {
        if (!(error instanceof TspodError)) throw error;
        if (!(flags.ignore && error.code === 'not-found')) failures.push(error);
      }
    }
    throwFailures(failures);
  },
});
