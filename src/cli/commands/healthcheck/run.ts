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
    'or that is not there, is an error: 125. The result counts like that of any other check.\n\n' +
    'The checks themselves are run by the monitor of the container, as exec would run them: the first as soon as the program runs, ' +
    'then --health-interval after the end of the last. A container is starting until a check succeeds; --health-retries failures ' +
    'in a row make it unhealthy, and --health-on-failure says what follows: restart does so whatever --restart says, after kill and ' +
    'stop it stays down. A check that takes longer than --health-timeout is killed with all that it has started. Nothing is run ' +
    'while the container is paused. With --health-startup-cmd the regular checks begin when that has succeeded. The last results ' +
    'are in the State.Health of inspect, and in the file ID-healthcheck.log of a directory given with --health-log-destination; with events_logger also in the events.',
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
