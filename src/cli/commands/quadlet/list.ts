import type { Context } from '../../../lib/context';
import { describeError, TspodError } from '../../../lib/errors';
import { targetOf } from '../../../systemd/quadlet/kinds';
import { unitStates } from '../../../systemd/systemctl';
import { defineCommand } from '../../define-command';
import { printRows } from '../../print/print-rows';
import { installedQuadlets } from './installed';
import { searchPlace } from './setup';

/** `tspod quadlet list`. */
export default defineCommand({
  summary: 'List installed Quadlet files',
  usage: '[options]',
  description: 'Prints each file with its unit, its path and what systemd says of the unit.',
  examples: [
    'tspod quadlet list',
    "tspod quadlet list --filter 'name=web*'",
    'tspod quadlet list --format json',
  ],
  options: {
    filter: {
      type: 'list',
      short: 'f',
      value: 'name=PATTERN',
      description: 'Show only files with such a name',
    },
    format: { type: 'string', value: 'FORMAT', description: 'JSON, table or a Go template' },
    noheading: { type: 'boolean', short: 'n', default: false, description: 'Do not print the headings' },
  },
  args: { min: 0, max: 0 },
  storeless: true,
  async run(ctx, flags, _args, output) {
    const isShown = parseFilters(flags.filter);
    const quadlets = installedQuadlets(searchPlace(ctx)).filter(({ name }) => isShown(name));
    const services = quadlets.map((quadlet) => targetOf(quadlet).service);
    const states = await statesOf(ctx, services);
    const rows = quadlets.map(({ name, path }, index) => ({
      Name: name,
      UnitName: services[index] ?? '',
      Path: path,
      Status: states(services[index] ?? ''),
    }));
    return printRows(output, rows, {
      name: 'list',
      columns: ['Name', 'UnitName', 'Path', 'Status'],
      headers: { UnitName: 'UNIT NAME', Path: 'PATH ON DISK' },
      format: flags.format,
      noHeading: flags.noheading,
    });
  },
});

/** Templates have no state of their own, and without systemd nobody knows. */
async function statesOf(ctx: Context, services: readonly string[]): Promise<(service: string) => string> {
  try {
    const states = await unitStates(
      ctx,
      services.filter((service) => !service.endsWith('@.service')),
    );
    return (service) => states.get(service) ?? 'Not loaded';
  } catch (error) {
    ctx.log('info', describeError(error));
    return () => 'Unknown';
  }
}

function parseFilters(filters: readonly string[]): (name: string) => boolean {
  const patterns = filters.map((filter) => {
    const [, key, value = ''] = /^([^=]*)=(.*)$/s.exec(filter) ?? [];
    if (key !== 'name') throw new TspodError('usage', `invalid filter "${filter}": expected name=PATTERN`);
    const escaped = value.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
    return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
  });
  return (name) => patterns.length === 0 || patterns.some((pattern) => pattern.test(name));
}
