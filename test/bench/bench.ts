import { openEngines, warmUp } from './engine';
import type { Engine } from './engine';
import { makeDebianArchive, rows } from './rows';
import type { Row } from './rows';

const usage = 'usage: npm run bench -- [--runs N] [ROW...]';

await main(process.argv.slice(2));

async function main(args: string[]): Promise<void> {
  const { names, runs } = readArguments(args);
  const tar = process.env['TSPOD_DEBIAN_TAR'] || undefined;
  const chosen = rows.filter((row) => names.length === 0 || names.includes(row.name));
  const engines = openEngines();
  const [tspod, podman] = engines;
  let isGood = true;
  try {
    warmUp(engines);
    if (tar !== undefined && chosen.some((row) => row.needsDebian)) makeDebianArchive(podman, tar);
    console.log(tableLine('work', 'tspod', 'podman', 'ratio', 'limit', ''));
    for (const row of chosen) {
      if (row.needsDebian && tar === undefined)
        console.log(`${row.work}: left out, there is no Debian image`);
      else if (!(await compare(row, engines, runs ?? row.runs))) isGood = false;
    }
  } finally {
    tspod.close();
    podman.close();
  }
  process.exitCode = isGood ? 0 : 1;
}

function readArguments(args: string[]): { names: string[]; runs: number | undefined } {
  const names = [...args];
  let runs: number | undefined;
  const at = names.indexOf('--runs');
  if (at >= 0) runs = Number(names.splice(at, 2)[1]);
  const unknown = names.filter((name) => !rows.some((row) => row.name === name));
  if (unknown.length === 0 && (runs === undefined || (Number.isInteger(runs) && runs > 0)))
    return { names, runs };
  console.error(`${usage}\nrows: ${rows.map((row) => row.name).join(' ')}`);
  process.exit(125);
}

/** Both engines do the row's work in turns; true when the ratio of the medians keeps the limit. */
async function compare(row: Row, engines: readonly [Engine, Engine], runs: number): Promise<boolean> {
  const figures: [number[], number[]] = [[], []];
  try {
    for (const engine of engines) row.prepare?.(engine);
    for (let count = 0; count < runs; count++) {
      // Who comes first changes every time: the second one finds warm caches.
      for (const which of count % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
        figures[which].push(await row.measure(engines[which]));
      }
    }
    for (const engine of engines) row.finish?.(engine);
  } catch (error) {
    console.log(`${row.work}: ${(error as Error).message}`);
    for (const engine of engines) engine.run('rm', '-a', '-f', '-t', '0');
    return false;
  }
  const [ours, theirs] = figures.map(median) as [number, number];
  const ratio = ours / theirs;
  const isGood = ratio <= row.limit;
  const show = (value: number): string => `${value.toFixed(row.unit === 'ms' ? 0 : 2)} ${row.unit}`;
  console.log(
    tableLine(
      row.work,
      show(ours),
      show(theirs),
      ratio.toFixed(2),
      String(row.limit),
      isGood ? '' : 'too much',
    ),
  );
  return isGood;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

function tableLine(
  work: string,
  ours: string,
  theirs: string,
  ratio: string,
  limit: string,
  note: string,
): string {
  const columns = [
    work.padEnd(46),
    ours.padStart(9),
    theirs.padStart(9),
    ratio.padStart(7),
    limit.padStart(7),
    `  ${note}`,
  ];
  return columns.join('').trimEnd();
}
