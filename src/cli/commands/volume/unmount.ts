import { removeVolumeMount } from '../../../container/volumes/mount-volume';
import { findVolume } from '../../../volume/volume-record';
import { defineCommand } from '../../define-command';

/** `tspod volume unmount`. */
export default defineCommand({
  summary: 'Unmount a volume',
  usage: 'VOLUME',
  description: 'Ends what "tspod volume mount" began. Containers that use the volume keep it.',
  examples: ['tspod volume unmount data'],
  options: {},
  args: { min: 1, max: 1 },
  run(ctx, _flags, [name = ''], output) {
    const volume = findVolume(ctx, name, 125);
    removeVolumeMount(ctx, volume);
    output.print(volume.name);
  },
});
