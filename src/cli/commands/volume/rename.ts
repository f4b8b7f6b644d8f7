import { checkUnused } from '../../../container/volumes/remove-volumes';
import { volumeUsers } from '../../../container/volumes/volume-users';
import { renameVolume } from '../../../volume/rename-volume';
import { findVolume } from '../../../volume/volume-record';
import { defineCommand } from '../../define-command';

/** `tspod volume rename`. */
export default defineCommand({
  summary: 'Rename a volume',
  usage: 'VOLUME NAME',
  description:
    'Gives a volume that no container uses another name. An anonymous one is a named one from then on.',
  examples: ['tspod volume rename data data-old'],
  options: {},
  args: { min: 2, max: 2 },
  run(ctx, _flags, [from = '', to = '']) {
    const volume = findVolume(ctx, from, 125);
    checkUnused(volume.name, volumeUsers(ctx).get(volume.name) ?? []);
    renameVolume(ctx, volume, to);
  },
});
