import { hasList } from '../../../image/manifest-list/local-list';
import { defineCommand } from '../../define-command';

/** `tspod manifest exists`. */
export default defineCommand({
  summary: 'Check if a manifest list exists in local storage',
  usage: 'LIST',
  description: 'Ends with status 0 when the store has the list, and 1 when it has not; prints nothing.',
  examples: ['tspod manifest exists web:1.2'],
  options: {},
  args: { min: 1, max: 1 },
  run: (ctx, _flags, [name = '']) => (hasList(ctx, name) ? 0 : 1),
});
