import { listChanges } from '../../../container/changes/list-changes';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import { diffDescription, diffFormatOption } from '../../options/diff';
import { latestOption } from '../../options/selection';
import { printChanges } from '../../print/print-changes';

/** `tspod container diff`. */
export default defineCommand({
  summary: "Inspect changes to the container's file systems",
  usage: '[options] CONTAINER [CONTAINER]',
  description: diffDescription,
  examples: ['tspod container diff web', 'tspod container diff --latest'],
  options: { format: diffFormatOption, latest: latestOption },
  args: { min: 0, max: 2 },
  async run(ctx, { format, latest }, [name, from], output) {
    if (latest === true && name !== undefined)
      throw new TspodError('usage', '--latest and containers cannot be used together');
    if (latest !== true && name === undefined)
      throw new TspodError('usage', '"tspod container diff" requires a name, id, or the "--latest" flag');
    const request = { kind: 'container', name, latest: latest ?? false, from } as const;
    await printChanges(output, listChanges(ctx, request), format);
  },
});
