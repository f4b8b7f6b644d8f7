import { TspodError } from '../../../lib/errors';
import { findNetwork } from '../../../network/record/network-record';
import { defineCommand } from '../../define-command';

/** `tspod network exists`: 0 when it does, 1 when it does not. */
export default defineCommand({
  summary: 'Check if a network exists',
  usage: 'NETWORK',
  description: 'Ends with 0 when there is a network with this name or id, with 1 when there is none.',
  examples: ['tspod network exists web'],
  options: {},
  args: { min: 1, max: 1 },
  configured: true,
  run(ctx, _flags, [name = '']) {
    try {
      findNetwork(ctx, name);
      return 0;
    } catch (error) {
      if (error instanceof TspodError && error.code === 'not-found') return 1;
      throw error;
    }
  },
});
