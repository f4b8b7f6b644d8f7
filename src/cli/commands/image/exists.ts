import { resolveImage } from '../../../image/find/resolve';
import { defineCommand } from '../../define-command';

/** `tspod image exists`. */
export default defineCommand({
  summary: 'Check if an image exists in local storage',
  usage: 'IMAGE',
  description:
    'Ends with status 0 when the image is in the store, 1 when it is not, and 125 when that cannot be told.',
  examples: ['tspod image exists busybox && echo there'],
  options: {},
  args: { min: 1, max: 1 },
  run(ctx, _flags, [name = '']) {
    return resolveImage(ctx, name) === undefined ? 1 : 0;
  },
});
