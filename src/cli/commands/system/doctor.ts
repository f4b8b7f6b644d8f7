import { checkMachine } from '../../../container/machine-report/checks';
import type { Check } from '../../../container/machine-report/finding';
import { defineCommand } from '../../define-command';
import { colorsFor } from '../../print/colors';
import { checkConfiguration } from './check-configuration';

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
    else {
      const marks = marksOf(colorsFor(output, ctx.env));
      for (const check of checks) for (const line of describe(check, marks)) output.print(line);
    }
    return checks.some(({ level }) => level === 'fail') ? 1 : 0;
  },
});

type Marks = Record<Check['level'], string>;

function marksOf(color: ReturnType<typeof colorsFor>): Marks {
  return { ok: color.green('ok  '), warn: color.yellow('warn'), fail: color.red('FAIL') };
}

function describe({ name, level, detail, cure }: Check, marks: Marks): string[] {
  const line = `${marks[level]}  ${name.padEnd(18)} ${detail}`;
  return cure === undefined ? [line] : [line, `${' '.repeat(25)}-> ${cure}`];
}
