import { findContainer, latestContainer } from '../../../container/find';
import { shortTime } from '../../../container/logs/log-line';
import { isPlainLog, readText } from '../../../container/logs/read-text';
import { readLogs, type LogLine, type LogOptions } from '../../../container/logs/read-logs';
import { throwFailures } from '../../../container/select';
import type { ContainerRecord } from '../../../container/record';
import { parseDuration } from '../../../lib/duration';
import { TspodError } from '../../../lib/errors';
import { shortId } from '../../../lib/id';
import { nowNs, parseTime } from '../../../lib/time';
import { defineCommand, type Flags, type Output } from '../../define-command';
import { writeError } from '../../output';
import { latestOption } from '../../options/selection';

const options = {
  color: { type: 'boolean', description: 'Give the lines of each container a color of their own' },
  follow: { type: 'boolean', short: 'f', description: 'Go on until the container has ended' },
  latest: latestOption,
  names: { type: 'boolean', short: 'n', description: 'With several containers, print names instead of ids' },
  since: { type: 'string', value: 'TIME', description: 'Only lines after a time, or a duration before now' },
  tail: {
    type: 'number',
    value: 'LINES',
    default: -1,
    description: 'Only so many lines at the end (-1: all)',
  },
  timestamps: { type: 'boolean', short: 't', description: 'Print the time of each line' },
  until: {
    type: 'string',
    value: 'TIME',
    description: 'Only lines before a time, or a duration from now on (-10m: before)',
  },
} as const;

/** `tspod logs`. */
export default defineCommand({
  summary: 'Fetch the logs of one or more containers',
  usage: '[options] CONTAINER [CONTAINER...]',
  options,
  args: { min: 0 },
  examples: ['tspod logs web', 'tspod logs --follow --tail 10 web', 'tspod logs --since 10m web db'],
  async run(ctx, flags, args, output) {
    if (args.length === 0 && !flags.latest)
      throw new TspodError('usage', 'specify at least one container name or ID to log');
    if (args.length > 0 && flags.latest)
      throw new TspodError('usage', '--latest and containers cannot be used together');
    const wanted: LogOptions = {
      follow: flags.follow ?? false,
      tail: flags.tail,
      since: momentOf('since', flags.since, -1),
      until: momentOf('until', flags.until, 1),
    };
    const records = flags.latest ? [latestContainer(ctx)] : args.map((name) => findContainer(ctx, name));
    if (records[0] && records.length === 1 && isAll(flags) && isPlainLog(records[0])) {
      for (const { stream, bytes } of readText(ctx, records[0]))
        if (stream === 'stdout') output.write(bytes);
        else writeError(bytes);
      return;
    }
    const show = async (record: ContainerRecord, index: number): Promise<void> => {
      const prefix = prefixOf(record, { flags, index, isOnly: records.length === 1 });
      for await (const line of readLogs(ctx, record, wanted))
        printLine(output, line, { prefix, flags, index });
    };
    if (wanted.follow) return throwFailures(rejected(await Promise.allSettled(records.map(show))));
    for (const [index, record] of records.entries()) await show(record, index);
  },
});

type LogFlags = Flags<typeof options>;

/** Every line as it was written, and no more than is there. */
function isAll({ follow, tail, since, until, timestamps }: LogFlags): boolean {
  return !follow && tail < 0 && !since && !until && !timestamps;
}

const COLORS = [37, 31, 32, 33, 34, 35, 36];

function prefixOf(
  { id, name }: ContainerRecord,
  { flags, isOnly }: { flags: LogFlags; index: number; isOnly: boolean },
): string {
  return isOnly ? '' : `${flags.names ? name : shortId(id)} `;
}

function printLine(
  output: Output,
  { time, stream, isWhole, text }: LogLine,
  { prefix, flags, index }: { prefix: string; flags: LogFlags; index: number },
): void {
  const stamp = flags.timestamps ? `${shortTime(time)} ` : '';
  const colored = flags.color && prefix !== '';
  const head = `${colored ? `\u001b[${COLORS[index % COLORS.length]}m` : ''}${prefix}${stamp}`;
  const tail = `${colored ? '\u001b[0m' : ''}${isWhole ? '\n' : ''}`;
  const bytes = Buffer.concat([Buffer.from(head), text, Buffer.from(tail)]);
  if (stream === 'stdout') output.write(bytes);
  else writeError(bytes);
}

function rejected(results: readonly PromiseSettledResult<void>[]): unknown[] {
  return results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
}

/** Podman counts a duration of --since back from now, and one of --until forward. */
function momentOf(option: string, text: string | undefined, direction: 1 | -1): bigint | undefined {
  if (text === undefined || text === '') return undefined;
  const time = parseTime(text);
  if (time !== undefined) return time;
  try {
    return nowNs() + BigInt(Math.round(parseDuration(text) * 1e6) * direction);
  } catch (cause) {
    throw new TspodError('usage', `parsing --${option} "${text}": unable to interpret time value`, {
      hint: 'use a time (2026-01-31T12:00:00Z) or a duration (10m)',
      cause,
    });
  }
}
