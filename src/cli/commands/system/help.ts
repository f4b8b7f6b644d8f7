import { TspodError } from '../../../lib/errors';
import { findCommand, findGroup } from '../../command-table';
import { defineCommand } from '../../define-command';
import type { Output } from '../../define-command';
import { printGroupHelp } from '../../group-help';
import { refuseCommand } from '../../resolve-command';

/** `tspod help [COMMAND]`: the same as `tspod COMMAND --help`. */
export default defineCommand({
  summary: 'Help about any command',
  usage: '[COMMAND]',
  options: {},
  args: { min: 0 },
  examples: ['tspod help run', 'tspod help container'],
  storeless: true,
  async run(_ctx, _flags, args, output) {
    const path = args.join(' ');
    const group = findGroup(path);
    if (path === '' || group !== undefined) return printGroupHelp(group, output);
    await printCommandHelp(path, output);
  },
});

async function printCommandHelp(path: string, output: Output): Promise<void> {
  const row = findCommand(path);
  if (row === undefined) {
    throw new TspodError('usage', `unknown help topic "${path}"`, { hint: "Try 'tspod --help'" });
  }
  if (row.load === undefined) throw refuseCommand(row, path);
  const { commandHelp } = await import('../../help');
  output.write(await commandHelp((await row.load()).default, row, `tspod ${path}`));
}
