import { findContainerId, latestContainer } from '../../../container/find';
import { throwFailures } from '../../../container/select';
import { parseConditions, waitForContainer } from '../../../container/wait';
import { parseDuration } from '../../../lib/duration';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import { latestOption } from '../../options/selection';

/** Podman's answer for a container that is missing, with --ignore. */
const MISSING = -1;

/** `tspod wait`. */
export default defineCommand({
  summary: 'Block on one or more containers',
  usage: '[options] CONTAINER [CONTAINER...]',
  description: 'Waits until containers have ended and prints their exit statuses, in the order given.',
  options: {
    condition: {
      type: 'list',
      commas: true,
      value: 'STATE',
      description:
        'Wait for a state instead: created, initialized, running, paused, exited, stopped, healthy, unhealthy',
    },
    ignore: { type: 'boolean', description: 'Print -1 for a container that is missing' },
    interval: {
      type: 'string',
      short: 'i',
      value: 'DURATION',
      default: '250ms',
      description: 'How often to look where nothing tells of a change; a bare number is milliseconds',
    },
    latest: latestOption,
  },
  args: { min: 0 },
  examples: ['tspod wait web', 'tspod wait --condition healthy web'],
  async run(ctx, { condition, ignore, interval, latest }, args, output) {
    if (args.length === 0 && !latest)
      throw new TspodError('usage', '"tspod wait" requires a name, id, or the "--latest" flag');
    if (args.length > 0 && latest)
      throw new TspodError('usage', '--latest and containers cannot be used together');
    const options = {
      interval: /^\d+$/.test(interval) ? Number(interval) : parseDuration(interval),
      ...(condition.length > 0 ? parseConditions(condition) : {}),
    };
    const names = latest ? [latestContainer(ctx).id] : args;
    // all of them are being watched before the first is waited for
    const waits = names.map(async (name) => {
      try {
        return await waitForContainer(ctx, findContainerId(ctx, name), options);
      } catch (error) {
        if (ignore && error instanceof TspodError && error.code === 'not-found') return MISSING;
        throw error;
      }
    });
    const failures: unknown[] = [];
    for (const result of await Promise.allSettled(waits)) {
      if (result.status === 'fulfilled') output.print(String(result.value));
      else failures.push(result.reason);
    }
    throwFailures(failures);
  },
});
