import { untagImage } from '../../../image/name/tag-image';
import { defineCommand } from '../../define-command';

/** `tspod untag`. */
export default defineCommand({
  summary: 'Remove a name from a local image',
  usage: 'IMAGE [NAME...]',
  description: 'Takes the given names from the image, or all that it has. The image itself stays.',
  examples: ['tspod untag busybox tools', 'tspod untag 0e3a6b780f2f'],
  options: {},
  args: { min: 1 },
  run(ctx, _flags, [image = '', ...names]) {
    untagImage(ctx, image, names);
  },
});
