import { lookUpSecret } from '../../../secret/secret-store';
import { defineCommand } from '../../define-command';

/** `tspod secret exists`: 0 when it does, 1 when it does not. */
export default defineCommand({
  summary: 'Check if a secret exists in local storage',
  usage: 'SECRET',
  examples: ['tspod secret exists token || tspod secret create token token.txt'],
  options: {},
  args: { min: 1, max: 1 },
  run(ctx, _flags, [name = '']) {
    return lookUpSecret(ctx, name) ? 0 : 1;
  },
});
