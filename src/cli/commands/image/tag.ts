import { tagImage } from '../../../image/name/tag-image';
import { defineCommand } from '../../define-command';

/** `tspod tag`. */
export default defineCommand({
  summary: 'Add an additional name to a local image',
  usage: 'IMAGE TARGET_NAME [TARGET_NAME...]',
  description:
    'A name without a registry is put below localhost/; without a tag it gets the tag latest. The image that had a name before loses it.',
  examples: ['tspod tag busybox tools', 'tspod tag 0e3a6b780f2f registry.example.com/team/web:2'],
  options: {},
  args: { min: 2 },
  run(ctx, _flags, [image = '', ...names]) {
    tagImage(ctx, image, names);
  },
});
