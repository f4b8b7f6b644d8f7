import { resolve } from 'node:path';
import { exportVolume } from '../../../container/export-volume';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';

/** `tspod volume export`. */
export default defineCommand({
  summary: 'Export volumes',
  usage: '[options] VOLUME',
  description:
    'Writes what is in a volume as an uncompressed tar archive, with owners as containers see them, modes, extended ' +
    'attributes and links. Links are not followed.',
  examples: ['tspod volume export -o data.tar data', 'tspod volume export data | zstd > data.tar.zst'],
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
    const path = flags.output === '/dev/stdout' || flags.output === '-' ? undefined : flags.output;
    if (path === undefined && output.isTerminal)
      throw new TspodError('usage', 'refusing to export to terminal. Use -o flag or redirect');
    await exportVolume(ctx, name, path === undefined ? undefined : resolve(path));
  },
});
