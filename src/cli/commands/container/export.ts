import { exportContainer } from '../../../container/export';
import { defineCommand } from '../../define-command';
import { exportOptions, exportPath } from '../../options/export-options';

/** `tspod export`. */
export default defineCommand({
  summary: "Export container's file system contents as a tar archive",
  usage: '[options] CONTAINER',
  description:
    'Writes the root file system of a container, running or not, as an uncompressed archive that "tspod import" reads.\n' +
    'Volumes and other mounts are not in it.',
  examples: ['tspod export -o web.tar web', 'tspod export web | gzip > web.tar.gz'],
  options: exportOptions,
  args: { min: 1, max: 1 },
  async run(ctx, flags, [name = ''], output) {
    await exportContainer(ctx, name, exportPath(flags.output, output));
  },
});
