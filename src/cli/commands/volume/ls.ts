import { runningUses, volumeUsers } from '../../../container/volumes/volume-users';
import { inspectVolume } from '../../../volume/inspect-volume';
import { TspodError } from '../../../lib/errors';
import { parseVolumeFilters } from '../../../volume/volume-filters';
import { listVolumes } from '../../../volume/volume-record';
import { defineCommand } from '../../define-command';
import { printRows } from '../../print/print-rows';

/** `tspod volume ls`. */
export default defineCommand({
  summary: 'List volumes',
  usage: '[options]',
  examples: ['tspod volume ls', 'tspod volume ls --filter dangling=true --quiet'],
  options: {
    filter: {
      type: 'list',
      short: 'f',
      value: 'KEY=VALUE',
      description: 'Show only volumes for which this holds',
    },
    format: { type: 'string', value: 'FORMAT', description: 'JSON, table or a Go template' },
    noheading: { type: 'boolean', short: 'n', default: false, description: 'Do not print the headings' },
    quiet: { type: 'boolean', short: 'q', default: false, description: 'Print names only' },
  },
  args: { min: 0, max: 0 },
  run(ctx, flags, _args, output) {
    if (flags.quiet && flags.format !== undefined)
      throw new TspodError('usage', 'quiet and format flags cannot be used together');
    const matches = parseVolumeFilters(ctx, flags.filter);
    const users = volumeUsers(ctx);
    const isUsed = (name: string): boolean => users.has(name);
    const counts = flags.format === undefined ? new Map<string, number>() : runningUses(ctx);
    const rows = listVolumes(ctx)
      .filter((volume) => matches(volume, { isUsed }))
      .map((volume) => inspectVolume(ctx, volume, counts.get(volume.name) ?? 0));
    return printRows(output, rows, {
      name: 'volume ls',
      columns: ['Driver', 'Name'],
      headers: { Name: 'VOLUME NAME' },
      format: flags.format,
      noHeading: flags.noheading,
      quiet: flags.quiet ? 'Name' : undefined,
    });
  },
});
