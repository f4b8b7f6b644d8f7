import { defineCommand } from '../../define-command';
import { humanDuration } from '../../../lib/duration';
import { nowNs, parseTime } from '../../../lib/time';
import { parseSecretFilters } from '../../../secret/secret-filters';
import { listSecrets } from '../../../secret/secret-store';
import { printRows } from '../../print/print-rows';

/** `tspod secret ls`. */
export default defineCommand({
  summary: 'List secrets',
  usage: '[options]',
  examples: ['tspod secret ls', "tspod secret ls --format '{{.Name}}'"],
  options: {
    filter: {
      type: 'list',
      short: 'f',
      value: 'KEY=VALUE',
      description: 'Show only secrets for which this holds: name, id',
    },
    format: { type: 'string', value: 'FORMAT', description: 'JSON, table or a Go template' },
    noheading: { type: 'boolean', short: 'n', default: false, description: 'Do not print the headings' },
    quiet: { type: 'boolean', short: 'q', default: false, description: 'Print ids only' },
  },
  args: { min: 0, max: 0 },
  run(ctx, flags, _args, output) {
    const now = nowNs();
    const rows = listSecrets(ctx)
      .filter(parseSecretFilters(flags.filter))
      .map(({ id, name, driver, created, updated }) => ({
        ID: id,
        Name: name,
        Driver: driver,
        CreatedAt: age(created, now),
        UpdatedAt: age(updated, now),
      }));
    return printRows(output, rows, {
      name: 'ls',
      columns: ['ID', 'Name', 'Driver', 'CreatedAt', 'UpdatedAt'],
      headers: { CreatedAt: 'CREATED', UpdatedAt: 'UPDATED' },
      format: flags.format,
      noHeading: flags.noheading,
      quiet: flags.quiet ? 'ID' : undefined,
    });
  },
});

function age(time: string, now: bigint): string {
  return `${humanDuration(Number((now - (parseTime(time) ?? now)) / 1_000_000n))} ago`;
}
