import { listChanges } from '../../../container/changes/list-changes';
import { defineCommand } from '../../define-command';
import { diffDescription, diffFormatOption } from '../../options/diff';
import { printChanges } from '../../print/print-changes';

/** `tspod image diff`. */
export default defineCommand({
  summary: "Inspect changes to the image's file systems",
  usage: '[options] IMAGE [IMAGE]',
  description: diffDescription,
  examples: ['tspod image diff site', 'tspod image diff --format json site:2 site:1'],
  options: { format: diffFormatOption },
  args: { min: 1, max: 2 },
  async run(ctx, { format }, [name, from], output) {
    await printChanges(output, listChanges(ctx, { kind: 'image', name, from }), format);
  },
});
