import { throwFailures } from '../../../container/select';
import { TspodError } from '../../../lib/errors';
import { describeVolume } from '../../../container/volumes/volume-users';
import { listVolumes } from '../../../volume/volume-record';
import { defineCommand } from '../../define-command';
import { printInspected } from '../../print/print-value';
import { inspectAll } from '../container/inspect-all';

/** `tspod volume inspect`. */
export default defineCommand({
  summary: 'Display detailed information on one or more volumes',
  usage: '[options] VOLUME [VOLUME...]',
  examples: ['tspod volume inspect data', "tspod volume inspect --format '{{.Mountpoint}}' data"],
  options: {
    all: { type: 'boolean', short: 'a', default: false, description: 'Inspect all volumes' },
    format: { type: 'string', short: 'f', value: 'FORMAT', description: 'JSON or a Go template' },
  },
  args: { min: 0 },
  run(ctx, flags, names, output) {
    if (flags.all === names.length > 0) {
      throw new TspodError('usage', 'provide one or more volume names, or --all without any');
    }
    const wanted = flags.all ? listVolumes(ctx).map(({ name }) => name) : names;
    const { found, failures } = inspectAll(wanted, (name) => describeVolume(ctx, name), 'volume');
    printInspected(output, found, { format: flags.format, name: 'volume inspect' });
    throwFailures(failures);
  },
});
