import { listChanges } from '../../../container/changes/list-changes';
import { defineCommand } from '../../define-command';
import { checkDiffSelection, diffDescription, diffFormatOption } from '../../options/diff';
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
    checkDiffSelection('tspod diff', name, latest);
    await printChanges(
      output,
      listChanges(ctx, { kind: 'any', name, latest: latest ?? false, from }),
      format,
    );
  },
});
