import { rebuildImage } from '../../../image/add/rebuild-image';
import { defineCommand } from '../../define-command';

/** `tspod image rebuild`: called by `run` for an image whose layers are gone. */
export default defineCommand({
  summary: 'Unpack the lost layers of an image again',
  usage: 'IMAGE',
  options: {},
  args: { min: 1, max: 1 },
  userns: true,
  run(ctx, _flags, [name = '']) {
    return rebuildImage(ctx, name);
  },
});
