import { findContainerId, latestContainer } from '../../../container/find';
import { parseEnv } from '../../../container/options/parse-env';
import { parseRestart } from '../../../container/options/parse-restart';
import { updateContainer } from '../../../container/update';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import { CHANGED_LIMIT_OPTIONS, parseChangedLimits } from '../../options/container/update-options';
import { hasHealthFlags, HEALTH_OPTIONS } from '../../options/container/health-options';
import { healthTexts } from '../../options/container/parse-health-flags';
import { GENERAL_OPTIONS } from '../../options/container/general-options';
import { latestOption } from '../../options/selection';

const { env, restart, unsetenv } = GENERAL_OPTIONS;

/** `tspod update`. */
export default defineCommand({
  summary: 'Update an existing container',
  usage: '[options] CONTAINER',
  description:
    'Changes limits, the restart policy, health checks and variables of a container, and prints its id. What is not named stays as it is. ' +
    'A container that runs has new limits, checks and a new restart policy at once, and keeps them over restarts; new variables are for ' +
    'the next start of its program.\n\n' +
    'A limit is taken away with --memory 0, --memory-swap -1, --memory-reservation 0, --cpus 0, --cpu-shares 0 and ' +
    '--pids-limit -1. A list of devices stands in the place of the earlier one. A limit whose controller is not delegated is an ' +
    'error that says how to have it delegated, and nothing is changed.',
  options: { ...CHANGED_LIMIT_OPTIONS, ...HEALTH_OPTIONS, env, latest: latestOption, restart, unsetenv },
  args: { min: 0, max: 1 },
  examples: [
    'tspod update --memory 512m --cpus 1.5 web',
    'tspod update --restart on-failure:3 web',
    'tspod update --pids-limit -1 --env DEBUG=1 web',
  ],
  async run(ctx, { latest, ...flags }, args, output) {
    if (latest && args.length > 0)
      throw new TspodError('usage', '--latest and containers cannot be used together');
    if (!latest && args.length === 0) throw new TspodError('usage', 'accepts 1 arg(s), received 0');
    const changes = {
      limits: parseChangedLimits(flags),
      ...(flags.restart === undefined ? {} : { restart: parseRestart(flags.restart) }),
      env: parseEnv({ entries: flags.env, files: [], host: false, proxy: false }, ctx.env),
      unsetEnv: flags.unsetenv,
      ...(hasHealthFlags(flags) ? { health: healthTexts(flags) } : {}),
    };
    const id = latest ? latestContainer(ctx).id : findContainerId(ctx, args[0] ?? '');
    await updateContainer(ctx, id, changes);
    output.print(id);
  },
});
