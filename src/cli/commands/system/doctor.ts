import chalk from 'chalk';
import { checkMachine } from '../../../container/machine-report/checks';
import type { Check } from '../../../container/machine-report/finding';
import { defineCommand } from '../../define-command';
import { checkConfiguration } from './check-configuration';

/** chalk leaves the colours out where standard output is no terminal, and with NO_COLOR. */
const MARKS: Record<Check['level'], string> = {
  ok: chalk.green('ok  '),
  warn: chalk.yellow('warn'),
  fail: chalk.red('FAIL'),
};

/** `tspod doctor`: 0 when containers can run here, 1 when not. */
export default defineCommand({
  summary: 'Tell what works on this machine, and what mends the rest',
  usage: '[options]',
  description:
    'Looks at everything that containers need: user namespaces, layers, networks, control groups, disk space. Each line is by itself; below one that is not ok stands the command that mends it. The exit status is 0 when containers can run here, 1 when something failed.',
  examples: ['tspod doctor', 'tspod doctor --json'],
  options: {
    format: { type: 'string', short: 'f', choices: ['json'], description: 'Print JSON instead of lines' },
    json: { type: 'boolean', description: 'The same as --format json' },
  },
  args: { min: 0, max: 0 },
  storeless: true,
  async run(ctx, flags, _args, output) {
    const checks = [...checkMachine(ctx), await checkConfiguration(ctx)];
    if (flags.format === 'json' || flags.json === true) output.print(JSON.stringify(checks, null, 4));
    else for (const line of checks.flatMap(describe)) output.print(line);
    return checks.some(({ level }) => level === 'fail') ? 1 : 0;
  },
});

function describe({ name, level, detail, cure }: Check): string[] {
  const line = `${MARKS[level]}  ${name.padEnd(18)} ${detail}`;
  return cure === undefined ? [line] : [line, `${' '.repeat(25)}-> ${cure}`];
}
