import type { ListedContainer } from '../../../container/list/list';
import { TspodError } from '../../../lib/errors';
import type { Context } from '../../../lib/context';
import { nowNs } from '../../../lib/time';
import { hasFilter, parseContainerFilters } from '../../../container/list/filters';
import { listContainers } from '../../../container/list/list';
import { psRow, type PsFieldOptions } from '../../../container/list/ps-row';
import { sortContainers, PS_SORT_KEYS, type PsSortKey } from '../../../container/list/ps-sort';
import { defineCommand, type Flags, type Output } from '../../define-command';
import { filterOption, latestOption } from '../../options/selection';
import { printRows } from '../../print/print-rows';

const options = {
  all: { type: 'boolean', short: 'a', description: 'Show all containers, not only those that run' },
  external: {
    type: 'boolean',
    description: 'Show containers of other engines too: there are none in the store of tspod',
  },
  filter: filterOption,
  format: {
    type: 'string',
    value: 'FORMAT',
    description: 'Print as JSON, or with a Go template, "table" before it for headings',
  },
  last: {
    type: 'number',
    short: 'n',
    value: 'N',
    default: -1,
    description: 'Show the last N, running or not',
  },
  latest: latestOption,
  'no-trunc': { type: 'boolean', description: 'Print full ids and commands' },
  noheading: { type: 'boolean', description: 'Print no headings' },
  ns: { type: 'boolean', description: 'Show the namespaces of each container' },
  pod: {
    type: 'boolean',
    short: 'p',
    description: 'Show the pod of each container: there are none yet',
  },
  quiet: { type: 'boolean', short: 'q', description: 'Print ids only' },
  size: { type: 'boolean', short: 's', description: 'Show how much each container has written' },
  sort: {
    type: 'string',
    value: 'KEY',
    choices: PS_SORT_KEYS,
    default: 'created',
    description: `Sort by one of ${PS_SORT_KEYS.join(', ')}`,
  },
  sync: { type: 'boolean', description: 'Look at the real state of each container (always done)' },
  watch: {
    type: 'number',
    short: 'w',
    value: 'SECONDS',
    description: 'Print again and again, after so many seconds',
  },
} as const;

/** `tspod ps`. */
export default defineCommand({
  summary: 'List containers',
  usage: '[options]',
  options,
  args: { min: 0, max: 0 },
  examples: [
    'tspod ps --all',
    "tspod ps --format '{{.ID}} {{.Names}}'",
    'tspod ps --all --filter status=exited',
  ],
  async run(ctx, flags, _args, output) {
    checkFlags(flags);
    for (;;) {
      await printOnce(ctx, flags, output);
      if (!flags.watch) return;
      await sleep(flags.watch * 1000);
    }
  },
});

async function printOnce(ctx: Context, flags: PsFlags, output: Output): Promise<void> {
  const shown = chooseContainers(ctx, flags);
  const details: PsFieldOptions = { noTrunc: flags['no-trunc'] ?? false, now: nowNs() };
  if (flags.size) details.sizes = await writtenSizes(ctx, shown);
  const { format } = flags;
  const style = { name: 'ps', format, headers: HEADERS, noHeading: flags.noheading, ...columnsOf(flags) };
  const rows = (describe: (each: ListedContainer, options: PsFieldOptions) => object): object[] =>
    shown.map((each) => describe(each, details));
  if (isPlain(format)) return printRows(output, rows(psRow), style);
  const { psFields, psJson } = await import('../../../container/list/ps-fields');
  await printRows(output, rows(format === 'json' ? psJson : psFields), { ...style, indent: 2 });
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

const HEADERS: Readonly<Record<string, string>> = {
  ID: 'CONTAINER ID',
  CreatedHuman: 'CREATED',
  CreatedAt: 'CREATED AT',
  RunningFor: 'CREATED',
  ImageID: 'IMAGE ID',
  IsInfra: 'IS INFRA',
  PodID: 'POD ID',
  PodName: 'PODNAME',
  MNT: 'MNT',
  NET: 'NET',
  UTS: 'UTS',
};
const COLUMNS = ['ID', 'Image', 'Command', 'CreatedHuman', 'Status', 'Ports', 'Names'];
const NS_COLUMNS = ['ID', 'Names', 'Pid', 'CGROUPNS', 'IPC', 'MNT', 'NET', 'PIDNS', 'USERNS', 'UTS'];

type PsFlags = Flags<typeof options>;

function isPlain(format: string | undefined): boolean {
  return format === undefined || format === '' || format === 'table';
}

function columnsOf({ ns, pod, quiet, size }: PsFlags): { columns: string[]; quiet?: string } {
  if (quiet) return { columns: COLUMNS, quiet: 'ID' };
  if (ns) return { columns: NS_COLUMNS };
  return { columns: [...COLUMNS, ...(pod ? ['PodID', 'PodName'] : []), ...(size ? ['Size'] : [])] };
}

function checkFlags({ latest, last, quiet, size, ns, watch }: PsFlags): void {
  const fail = (message: string): never => {
    throw new TspodError('usage', message);
  };
  if (latest && last >= 0) fail('last and latest are mutually exclusive');
  if (quiet && (size || ns)) fail('quiet conflicts with size and namespace');
  if (size && ns) fail('size and namespace options conflict');
  if (watch !== undefined && watch < 0) fail(`--watch: ${watch} is not a number of seconds`);
}

function chooseContainers(ctx: Context, flags: PsFlags): ListedContainer[] {
  const { all, latest, last, filter } = flags;
  const matches = parseContainerFilters(ctx, filter);
  const newest = latest ? 1 : last || -1;
  const showsAll = all || newest >= 0 || hasFilter(filter, 'status');
  const found = listContainers(ctx, showsAll ? undefined : ['running']).filter(matches);
  const chosen = newest >= 0 ? found.slice(Math.max(0, found.length - newest)) : found;
  return sortContainers(chosen, flags.sort as PsSortKey);
}

async function writtenSizes(ctx: Context, shown: readonly ListedContainer[]): Promise<Map<string, number>> {
  const { writtenBytes } = await import('../../../container/rootfs/written-bytes');
  return writtenBytes(
    ctx,
    shown.map(({ record }) => record.id),
  );
}
