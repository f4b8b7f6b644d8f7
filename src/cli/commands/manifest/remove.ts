import { removeFromList } from '../../../image/manifest-list/edit-list';
import { defineCommand } from '../../define-command';

/** `tspod manifest remove`. */
export default defineCommand({
  summary: 'Remove an item from a manifest list or image index',
  usage: 'LIST DIGEST',
  description: 'Takes the image with a digest off a list and prints the id of the list. The image stays.',
  examples: [
    'tspod manifest remove web:1.2 sha256:15352d97781ffdf357bf3459c037be3efac4133dc9070c2dce7eca7c05c3e736',
  ],
  options: {},
  args: { min: 2, max: 2 },
  run: (ctx, _flags, [name = '', digest = ''], output) => output.print(removeFromList(ctx, name, digest)),
});
