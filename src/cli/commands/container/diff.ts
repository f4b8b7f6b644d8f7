import { listChanges } from '../../../container/changes/list-changes';
import { defineCommand } from '../../define-command';
import { checkDiffSelection, diffDescription, diffFormatOption } from '../../options/diff';
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
    checkDiffSelection('tspod container diff', name, latest);
    const request = { kind: 'container', name, latest: latest ?? false, from } as const;
    await printChanges(output, listChanges(ctx, request), format);
  },
});
