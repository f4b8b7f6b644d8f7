import { loadVolume } from '../../../volume/volume-record';
import { defineCommand } from '../../define-command';

/** `tspod volume exists`: 0 when it does, 1 when it does not. */
export default defineCommand({
  summary: 'Check if a volume exists',
  usage: 'VOLUME',
  examples: ['tspod volume exists data'],
  options: {},
  args: { min: 1, max: 1 },
  run(ctx, _flags, [name = '']) {
    return loadVolume(ctx, name) ? 0 : 1;
  },
});
