import { findContainerId, latestContainer, loadRecord } from '../../../container/find';
import { listContainers, type ListedContainer } from '../../../container/list/list';
import { readState } from '../../../container/state/status';
import { readStats, type ContainerStats } from '../../../container/stats/container-stats';
import { statsFields, statsJson } from '../../../container/stats/stats-fields';
import { statsNotes } from '../../../container/stats/stats-notes';
import type { Context } from '../../../lib/context';
import { isErrno, TspodError, wrapError } from '../../../lib/errors';
import { shortId } from '../../../lib/id';
import { defineCommand, type Flags, type Output } from '../../define-command';
import { allOption, latestOption } from '../../options/selection';
import { printRows } from '../../print/print-rows';

const options = {
  all: allOption('Show all containers, not only those that run'),
  format: {
    type: 'string',
    value: 'FORMAT',
    description: 'Print as JSON, or with a Go template, "table" before it for headings',
  },
  interval: {
    type: 'number',
    short: 'i',
    value: 'SECONDS',
    default: 5,
    description: 'Time between two looks',
  },
  latest: latestOption,
  'no-reset': { type: 'boolean', description: 'Do not clear the screen between two looks' },
  'no-stream': { type: 'boolean', description: 'Look once' },
  'no-trunc': { type: 'boolean', description: 'Print full ids' },
} as const;

type StatsFlags = Flags<typeof options>;

/** `tspod stats`. */
export default defineCommand({
  summary: 'Display a live stream of container resource usage statistics',
  usage: '[options] [CONTAINER...]',
  description:
    'Shows what containers use, again and again; without names those that run. The figures are those of their control groups: MEM ' +
    'is memory of the processes without the page cache, BLOCK IO what was read and written, NET IO what came and went through the ' +
    'interfaces of their network namespaces, NET RATE its limits, where there are some (--network-rate of "tspod run"). CPU % is the time used since the last look, at first since the start of the container; ' +
    '100 % is one processor. AVG CPU % is the mean of all looks. A terminal that is too narrow goes without AVG CPU %, CPU TIME, ID, ' +
    'BLOCK IO and NET IO, in this order.\n\n' +
    'Where a container has no control group, or the group has no controller for a figure, the figure is summed up from the ' +
    'processes where that is possible; a line on standard error says so, and how to mend it.',
  options,
  args: { min: 0 },
  examples: [
    'tspod stats --no-stream',
    'tspod stats --interval 1 web',
    "tspod stats --no-stream --format 'table {{.Name}} {{.CPUPerc}} {{.MemUsageBytes}}'",
  ],
  async run(ctx, flags, args, output) {
    checkFlags(flags, args);
    const list = chooser(ctx, flags, args);
    const clears = output.isTerminal && !flags['no-reset'] && !flags['no-stream'];
    const once = flags['no-stream'] ?? false;
    let earlier = new Map<string, ContainerStats>();
    for (let look = 0; ; look++) {
      const stats = readStats(list(), earlier);
      if (clears) output.write('\x1b[2J\x1b[1;1H');
      await printStats(output, stats, flags);
      for (const note of statsNotes(ctx, stats)) {
        // a line that was logged once is not logged again, but the screen was cleared
        if (clears) output.note(`Warning: ${note}`);
        else ctx.log('warn', note);
      }
      if (once) return;
      earlier = new Map(stats.map((each) => [each.id, each]));
      await pause(flags.interval * 1000);
    }
  },
});

const COLUMNS = [
  'ID',
  'Name',
  'CPUPerc',
  'MemUsage',
  'MemPerc',
  'NetIO',
  'BlockIO',
  'PIDS',
  'UpTime',
  'AVGCPU',
];
/** Left out on a narrow terminal, the first one first. */
const SPARE = ['AVGCPU', 'UpTime', 'ID', 'BlockIO', 'NetIO'];
const HEADERS: Readonly<Record<string, string>> = {
  UpTime: 'CPU TIME',
  CPUPerc: 'CPU %',
  AVGCPU: 'AVG CPU %',
  MemUsage: 'MEM USAGE / LIMIT',
  MemUsageBytes: 'MEM USAGE / LIMIT',
  MemPerc: 'MEM %',
  NetIO: 'NET IO',
  NetRate: 'NET RATE',
  BlockIO: 'BLOCK IO',
  PIDS: 'PIDS',
};

function checkFlags({ all, latest, interval }: StatsFlags, args: readonly string[]): void {
  if ([all, latest, args.length > 0].filter(Boolean).length > 1)
    throw new TspodError('usage', '--all, --latest and containers cannot be used together');
  if (interval < 1) throw new TspodError('usage', 'invalid interval, must be a positive number greater zero');
}

/** What is to be looked at: names are found once, lists are made anew for each look. */
function chooser(
  ctx: Context,
  { all, latest }: StatsFlags,
  args: readonly string[],
): () => ListedContainer[] {
  if (args.length === 0 && !latest) return () => listContainers(ctx, all ? undefined : ['running']);
  const ids = [...new Set(latest ? [latestContainer(ctx).id] : args.map((name) => findNamed(ctx, name)))];
  return () => ids.flatMap((id) => lookAt(ctx, id));
}

function findNamed(ctx: Context, name: string): string {
  try {
    return findContainerId(ctx, name);
  } catch (error) {
    throw wrapError(`unable to get list of containers: unable to look up container ${name}`, error);
  }
}

/** One that is removed between two looks is left out from then on. */
function lookAt(ctx: Context, id: string): ListedContainer[] {
  try {
    return [{ record: loadRecord(ctx, id), state: readState(ctx, id) }];
  } catch (error) {
    if (isErrno(error, 'ENOENT') || (error instanceof TspodError && error.code === 'not-found')) return [];
    throw error;
  }
}

async function printStats(output: Output, all: readonly ContainerStats[], flags: StatsFlags): Promise<void> {
  const describe = flags.format === 'json' ? statsJson : statsFields;
  const rows = all.map((stats) => describe(stats, flags['no-trunc'] ? stats.id : shortId(stats.id)));
  await printRows(output, rows, {
    name: 'stats',
    // a column that Podman does not have is there only with something to show
    columns: all.some(({ networkRate }) => networkRate) ? [...COLUMNS, 'NetRate'] : COLUMNS,
    headers: HEADERS,
    format: flags.format,
    indent: 1,
    spare: SPARE,
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
