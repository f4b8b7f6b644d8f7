import { latestContainer } from '../../../container/find';
import { inspectContainer } from '../../../container/inspect/inspect-container';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import { inspectFormat, inspectSize } from '../../options/inspect';
import { latestOption } from '../../options/selection';
import { printInspected } from '../../print/print-value';
import { inspectAll, sizeReader } from './inspect-all';

/** `tspod container inspect`. */
export default defineCommand({
  summary: 'Display the configuration of a container',
  usage: '[options] CONTAINER [CONTAINER...]',
  options: { format: inspectFormat, latest: latestOption, size: inspectSize },
  args: { min: 0 },
  examples: ['tspod container inspect web', "tspod container inspect --format '{{.State.Status}}' web"],
  run(ctx, { format, latest, size }, names, output) {
    if (names.length > 0 && latest)
      throw new TspodError('usage', '--latest and arguments cannot be used together');
    if (names.length === 0 && !latest) throw new TspodError('usage', 'no names or ids specified');
    const written = size ? sizeReader(ctx) : undefined;
    const wanted = latest ? [latestContainer(ctx).id] : names;
    const { found, failures } = inspectAll(
      wanted,
      (name) => inspectContainer(ctx, name, written),
      'container',
    );
    printInspected(output, found, { format, name: 'container inspect' });
    if (failures.length > 0) throw new AggregateError(failures);
  },
});
