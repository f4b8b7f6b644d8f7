import { runHealthcheck } from '../../../container/health/run-healthcheck';
import { defineCommand } from '../../define-command';

/** Podman's exit status for whatever is not healthy. */
const NOT_HEALTHY = 1;

/** `tspod healthcheck run`. */
export default defineCommand({
  summary: 'Run the health check of a container',
  usage: 'CONTAINER',
  description:
    'Runs the health check of a running container at once and waits for its end. A success prints nothing and exits with 0; ' +
    'a failure prints "unhealthy", or "starting" for a failed startup check, and exits with 1. A check that takes too long, ' +
    'or that is not there, is an error: 125. The result counts like that of any other check.',
  options: {},
  args: { min: 1, max: 1 },
  examples: ['tspod healthcheck run web', 'tspod healthcheck run web || tspod logs --tail 20 web'],
  async run(ctx, _flags, [name = ''], output) {
    const result = await runHealthcheck(ctx, name);
    if (result === 'healthy') return 0;
    output.print(result);
    return NOT_HEALTHY;
  },
});
