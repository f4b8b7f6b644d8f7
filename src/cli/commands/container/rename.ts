import { findContainerId } from '../../../container/find';
import { renameContainer } from '../../../container/rename';
import { defineCommand } from '../../define-command';

/** `tspod rename`. */
export default defineCommand({
  summary: 'Rename an existing container',
  usage: 'CONTAINER NAME',
  options: {},
  args: { min: 2, max: 2 },
  examples: ['tspod rename web web-old'],
  run(ctx, _flags, [from = '', to = '']) {
    return renameContainer(ctx, findContainerId(ctx, from), to);
  },
});
