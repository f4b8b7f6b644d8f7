import { listChanges } from '../../../container/changes/list-changes';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import { diffDescription, diffFormatOption } from '../../options/diff';
import { latestOption } from '../../options/selection';
import { printChanges } from '../../print/print-changes';

/** `tspod diff`, of containers and images alike. */
export default defineCommand({
  summary: "Display the changes to the object's file system",
  usage: '[options] CONTAINER|IMAGE [CONTAINER|IMAGE]',
  description: diffDescription,
  examples: ['tspod diff web', 'tspod diff --format json web', 'tspod diff site:2 site:1'],
  options: { format: diffFormatOption, latest: latestOption },
  args: { min: 0, max: 2 },
  async run(ctx, { format, latest }, [name, from], output) {
    if (latest === true && name !== undefined)
      throw new TspodError('usage', '--latest and containers cannot be used together');
    if (latest !== true && name === undefined)
      throw new TspodError('usage', '"tspod diff" requires a name, id, or the "--latest" flag');
    await printChanges(
      output,
      listChanges(ctx, { kind: 'any', name, latest: latest ?? false, from }),
      format,
    );
  },
});
