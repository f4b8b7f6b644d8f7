import { removeFromList } from '../../../image/manifest-list/edit-list';
import { defineCommand } from '../../define-command';

/** `tspod manifest remove`. */
export default defineCommand({
  summary: 'Remove an item from a manifest list or image index',
  usage: 'LIST DIGEST',
  description: 'Takes the image with a digest off a list and prints the id of the list. The image stays.',
  examples: ['tspod manifest remove web:1.2 "$DIGEST"'],
  options: {},
  args: { min: 2, max: 2 },
  run: (ctx, _flags, [name = '', digest = ''], output) => output.print(removeFromList(ctx, name, digest)),
});
