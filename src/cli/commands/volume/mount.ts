import { addVolumeMount } from '../../../container/volumes/mount-volume';
import { findVolume } from '../../../volume/volume-record';
import { defineCommand } from '../../define-command';

/** `tspod volume mount`. */
export default defineCommand({
  summary: 'Mount a volume',
  usage: 'VOLUME',
  description:
    'Prints the folder in which the content of a volume can be seen. One that has to be mounted for that (with a size ' +
    'limit, or of another file system) is mounted inside "tspod unshare" only, and the mount ends with it.',
  examples: [`tspod unshare sh -c 'ls -la "$(tspod volume mount data)"'`],
  options: {},
  args: { min: 1, max: 1 },
  run(ctx, _flags, [name = ''], output) {
    output.print(addVolumeMount(ctx, findVolume(ctx, name, 125)));
  },
});
