import { selectContainers, throwFailures } from '../../../container/select';
import type { ContainerPhase } from '../../../container/state/status';
import type { Context } from '../../../lib/context';
import { defineCommand } from '../../define-command';
import { allOption, cidfileOption, filterOption, latestOption } from '../../options/selection';
import { forEachTarget } from './for-each-target';

/** `pause` or `unpause`: the same options, another verb, and other containers that --all means. */
export function freezerCommand(
  verb: 'pause' | 'unpause',
  phase: ContainerPhase,
  work: (ctx: Context, id: string) => Promise<void> | void,
) {
  const title = verb.replace(/^./, (letter) => letter.toUpperCase());
  return defineCommand({
    summary: `${title} the processes in one or more containers`,
    usage: '[options] CONTAINER [CONTAINER...]',
    options: {
      all: allOption(`${title} all ${phase} containers`),
      cidfile: cidfileOption,
      filter: filterOption,
      latest: latestOption,
    },
    args: { min: 0 },
    examples: [`tspod ${verb} web`, `tspod ${verb} --all`],
    async run(ctx, { all, latest, filter, cidfile }, args, output) {
      const selection = { names: args, all, latest, filters: filter, cidfiles: cidfile };
      const selected = selectContainers(ctx, selection, [phase]);
      const failures = await forEachTarget(selected.targets, output, ({ id }) => work(ctx, id));
      throwFailures([...selected.failures, ...failures]);
    },
  });
}
