import { spawnSync } from 'node:child_process';
import { commandRows } from '../../src/cli/command-table';
import { globalOptions } from '../../src/cli/global-options';
import type { OptionTable } from '../../src/cli/define-command';

/** Options of Podman that tspod neither has nor refuses by name, as `ENG COMMAND --OPTION`. */
export async function unknownOptions(): Promise<{ count: number; lines: string[] }> {
  const lines: string[] = [];
  let count = 0;
  for (const row of commandRows()) {
    if (row.load === undefined || row.hidden === true) continue;
    const { options } = (await row.load()).default;
    const known = namesOf({ ...globalOptions, ...options });
    const theirs = podmanOptions(row.path);
    count += theirs.length;
    lines.push(...theirs.filter((name) => !known.has(name)).map((name) => `ENG ${row.path} --${name}`));
  }
  return { count, lines };
}

function namesOf(options: OptionTable): Set<string> {
  const aliases = Object.values(options).flatMap((option) => option.aliases ?? []);
  return new Set([...Object.keys(options), ...aliases, 'help']);
}

function podmanOptions(path: string): string[] {
  const { status, stdout } = spawnSync('podman', [...path.split(' '), '--help'], { encoding: 'utf8' });
  if (status !== 0 || !stdout.includes(`podman ${path}`)) return [];
  return [...stdout.matchAll(/^ {2,}(?:-\w, )?--([a-z0-9-]+)/gm)].map(([, name = '']) => name);
}
