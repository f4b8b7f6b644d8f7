import { exportVolume } from '../../../container/volumes/export-volume';
import { defineCommand } from '../../define-command';
import { exportOptions, exportPath } from '../../options/export-options';

/** `tspod volume export`. */
export default defineCommand({
  summary: 'Export volumes',
  usage: '[options] VOLUME',
  description:
    'Writes what is in a volume as an uncompressed tar archive, with owners as containers see them, modes, extended ' +
    'attributes and links. Links are not followed.',
  examples: ['tspod volume export -o data.tar data', 'tspod volume export data | zstd > data.tar.zst'],
  options: exportOptions,
  args: { min: 1, max: 1 },
  async run(ctx, flags, [name = ''], output) {
    const path = flags.output === '/dev/stdout' || flags.output === '-' ? undefined : flags.output;
    await exportVolume(ctx, name, exportPath(path, output));
  },
});
