import type { Check } from '../../container/machine-report/finding';
import type { Context } from '../../lib/context';
import type { Output } from '../define-command';
import { colorsFor } from './colors';

/** A line for each check, with the cure below it, or JSON; returns the exit status: 1 when one failed. */
export function printChecks(
  output: Output,
  checks: readonly Check[],
  { format, json, env }: { format?: string | undefined; json?: boolean | undefined; env: Context['env'] },
): number {
  if (format === 'json' || json === true) output.print(JSON.stringify(checks, null, 4));
  else {
    const marks = marksOf(colorsFor(output, env));
    for (const check of checks) for (const line of describe(check, marks)) output.print(line);
  }
  return checks.some(({ level }) => level === 'fail') ? 1 : 0;
}

type Marks = Record<Check['level'], string>;

function marksOf(color: ReturnType<typeof colorsFor>): Marks {
  return { ok: color.green('ok  '), warn: color.yellow('warn'), fail: color.red('FAIL') };
}

function describe({ name, level, detail, cure }: Check, marks: Marks): string[] {
  const line = `${marks[level]}  ${name.padEnd(18)} ${detail}`;
  return cure === undefined ? [line] : [line, `${' '.repeat(25)}-> ${cure}`];
}
