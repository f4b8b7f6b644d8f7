import { loadRecord } from '../../../container/find';
import { resumeContainer, resumeDetached } from '../../../container/resume';
import { selectContainers, throwFailures } from '../../../container/select';
import type { ForegroundStreams } from '../../../container/start-plan';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import { defineCommand, type Flags } from '../../define-command';
import { configure } from '../../options/configure';
import { detachKeysOf, detachKeysOption } from '../../options/detach-keys';
import { filterOption, latestOption } from '../../options/selection';
import { forEachTarget } from './for-each-target';

const options = {
  all: { type: 'boolean', description: 'Start all containers, whatever their state' },
  attach: { type: 'boolean', short: 'a', description: "Attach to the container's output" },
  'detach-keys': detachKeysOption,
  filter: filterOption,
  interactive: { type: 'boolean', short: 'i', description: 'Give the container the standard input' },
  latest: latestOption,
  'sig-proxy': {
    type: 'boolean',
    description: 'Pass signals to the container (default true when attaching)',
  },
} as const;

/** `tspod start`. */
export default defineCommand({
  summary: 'Start one or more containers',
  usage: '[options] CONTAINER [CONTAINER...]',
  description: 'Starts containers that were created or have ended. One that runs is left as it is.',
  options,
  args: { min: 0 },
  examples: ['tspod start web db', 'tspod start --attach --interactive work'],
  async run(ctx, flags, args, output) {
    checkFlags(flags, args);
    await configure(ctx);
    const { all, latest, filter } = flags;
    const { targets, failures } = selectContainers(ctx, { names: args, all, latest, filters: filter });
    const [only] = targets;
    if (flags.attach || flags.interactive) {
      throwFailures(failures);
      if (only)
        await resumeContainer(ctx, loadRecord(ctx, only.id), {
          streams: streamsOf(ctx, flags),
          message: only.label,
        });
      return;
    }
    if (only && targets.length === 1 && failures.length === 0) {
      await resumeContainer(ctx, loadRecord(ctx, only.id), { message: only.label });
      return output.print(only.label);
    }
    const failed = await forEachTarget(targets, output, ({ id }) => resumeDetached(ctx, loadRecord(ctx, id)));
    throwFailures([...failures, ...failed]);
  },
});

function streamsOf(ctx: Context, flags: Flags<typeof options>): ForegroundStreams {
  return {
    stdin: flags.interactive ?? false,
    stdout: flags.attach ?? true,
    stderr: flags.attach ?? true,
    sigProxy: flags['sig-proxy'] ?? true,
    detachKeys: detachKeysOf(ctx, flags['detach-keys']),
  };
}

function checkFlags(
  { all, attach, interactive, latest, filter, ...flags }: Flags<typeof options>,
  args: string[],
): void {
  const fail = (message: string): never => {
    throw new TspodError('usage', message);
  };
  if (args.length === 0 && !latest && !all && filter.length === 0)
    fail('start requires at least one argument');
  if (args.length > 0 && all)
    fail('either start all containers or the container(s) provided in the arguments');
  if (attach && all) fail('you cannot start and attach all containers at once');
  if ((attach || interactive) && args.length > 1)
    fail('you cannot start and attach multiple containers at once');
  if (flags['sig-proxy'] && !attach) fail('you cannot use sig-proxy without --attach: invalid argument');
}
