import { lookUpContainer } from '../../../container/find';
import { readState } from '../../../container/state/status';
import { defineCommand } from '../../define-command';

/** `tspod container exists`. */
export default defineCommand({
  summary: 'Check if a container exists in local storage',
  usage: '[options] CONTAINER',
  description: 'Ends with status 0 when there is such a container, 1 when there is none. Prints nothing.',
  options: {
    external: {
      type: 'boolean',
      description: 'Look also for containers of other engines in the store: there never are any',
      refuse: 'no other engine keeps containers in the store of tspod',
    },
  },
  args: { min: 1, max: 1 },
  examples: ['tspod container exists web && tspod stop web'],
  run(ctx, _flags, [name = '']) {
    const id = lookUpContainer(ctx, name);
    if (id === undefined) return 1;
    // one with --rm that has lost its monitor is removed by this look
    return readState(ctx, id).removed ? 1 : 0;
  },
});
