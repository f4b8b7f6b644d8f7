import { inspectImage } from '../../../image/list/inspect-image';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import { printInspected } from '../../print/print-value';

/** `tspod image inspect`. */
export default defineCommand({
  summary: 'Display the configuration of an image',
  usage: '[options] IMAGE [IMAGE...]',
  examples: ['tspod image inspect busybox', "tspod image inspect --format '{{.Config.Env}}' busybox"],
  options: {
    format: {
      type: 'string',
      short: 'f',
      value: 'FORMAT',
      description: 'Print as JSON, or with a Go template',
    },
  },
  args: { min: 1 },
  run(ctx, flags, names, output) {
    const found: object[] = [];
    const failures: TspodError[] = [];
    for (const name of names) {
      try {
        found.push(inspectImage(ctx, name));
      } catch (error) {
        if (!(error instanceof TspodError)) throw error;
        failures.push(error);
      }
    }
    printInspected(output, found, { format: flags.format, name: 'image inspect' });
    if (failures.length > 0) throw new AggregateError(failures);
  },
});
