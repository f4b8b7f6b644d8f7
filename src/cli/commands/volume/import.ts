import { importVolume } from '../../../container/volumes/import-volume';
import { MOUNTED, reenter, reenterMounted } from '../../../runtime/enter';
import { volumeMount } from '../../../volume/volume-backing';
import { findVolume } from '../../../volume/volume-record';
import { defineCommand } from '../../define-command';

/** `tspod volume import`. */
export default defineCommand({
  summary: "Import a tarball's contents into a volume",
  usage: 'VOLUME [SOURCE]',
  description:
    'Puts the content of a tar archive, plain or compressed with gzip, zstd, xz or bzip2, into a volume, over what is there.\n' +
    'Without a source, or with "-", the archive is read from standard input. What is no archive changes nothing.',
  examples: ['tspod volume import data data.tar', 'tspod volume export one | tspod volume import two -'],
  options: {},
  args: { min: 1, max: 2 },
  async run(ctx, _flags, [name = '', source = '-']) {
    const volume = findVolume(ctx, name, 125);
    const mount = volumeMount(ctx, volume);
    const argv = process.argv.slice(2);
    if (mount !== undefined && ctx.env[MOUNTED] === undefined) reenterMounted(ctx, argv, [mount]);
    if (!ctx.hasIds) reenter(ctx, argv);
    await importVolume(ctx, volume, source === '-' || source === '/dev/stdin' ? undefined : source);
  },
});
