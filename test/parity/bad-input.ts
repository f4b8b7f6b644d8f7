import { spawnSync } from 'node:child_process';
import { commandRows } from '../../src/cli/command-table';
import type { CommandRow } from '../../src/cli/command-table';
import type { Command, OptionDefinition } from '../../src/cli/define-command';

/** Command lines that are wrong in one way each, for every command that both engines have. */
export async function badInput(): Promise<string[]> {
  const lines: string[] = [];
  for (const row of commandRows()) {
    if (row.load === undefined || row.hidden === true || !podmanHas(row.path)) continue;
    lines.push(...wrongLines(row, (await row.load()).default));
  }
  return lines;
}

/** Of an unknown command Podman shows the help of the group. */
function podmanHas(path: string): boolean {
  const { stdout } = spawnSync('podman', [...path.split(' '), '--help'], { encoding: 'utf8' });
  return new RegExp(`^  podman ${path}\\b`, 'm').test(stdout);
}

function wrongLines(row: CommandRow, { args, options }: Command): string[] {
  const command = `ENG ${row.path}`;
  const { min, max } = args;
  const words = Array.from({ length: (max ?? 0) + 1 }, (_, at) => `w${at}`);
  const enough = Array.from({ length: min }, (_, at) => `w${at}`).join(' ');
  return [
    ...(min > 0 ? [command] : []),
    ...(max === undefined ? [] : [`${command} ${words.join(' ')}`]),
    `${command} --nosuch`,
    `${command} -%`,
    ...Object.entries(options).flatMap(([name, option]) => wrongValues(command, name, option, enough)),
  ];
}

function wrongValues(command: string, name: string, option: OptionDefinition, enough: string): string[] {
  if (option.hidden === true || option.refuse !== undefined) return [];
  const wrong = (value: string): string => `${command} --${name}=${value} ${enough}`.trimEnd();
  if (option.type === 'boolean') return [wrong('maybe')];
  if (option.type === 'number') return [wrong('1x')];
  return [`${command} --${name}`, ...(option.choices === undefined ? [] : [wrong('nosuch')])];
}
