import { resolve } from 'node:path';
import { exportContainer } from '../../../container/export';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';

/** `tspod export`. */
export default defineCommand({
  summary: "Export container's file system contents as a tar archive",
  usage: '[options] CONTAINER',
  description:
    'Writes the root file system of a container, running or not, as an uncompressed archive that "tspod import" reads.\n' +
    'Volumes and other mounts are not in it.',
  examples: ['tspod export -o web.tar web', 'tspod export web | gzip > web.tar.gz'],
  options: {
    output: {
      type: 'string',
      short: 'o',
      value: 'FILE',
      description: 'Write to a file instead of standard output',
    },
  },
  args: { min: 1, max: 1 },
  async run(ctx, flags, [name = ''], output) {
    if (flags.output === undefined && output.isTerminal) {
      throw new TspodError('usage', 'refusing to export to terminal. Use -o flag or redirect');
    }
    await exportContainer(ctx, name, flags.output === undefined ? undefined : resolve(flags.output));
  },
});
