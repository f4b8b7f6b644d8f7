import { dirname } from 'node:path';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { parseTime } from '../../lib/time';
import { changeAlarm } from '../../sys/change-alarm';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';
import { isAlive } from '../state/status';
import { stateIfThere } from '../state/await-state';
import { LogFiles } from '../../sys/log-files';
import { LineJoiner } from './line-joiner';
import { parseLogLine, type LogRecord } from './log-line';

/** Which part of a log is wanted. Times are in nanoseconds since 1970. */
export interface LogOptions {
  follow: boolean;
  /** The last so many lines; absent or negative: all. */
  tail?: number | undefined;
  since?: bigint | undefined;
  until?: bigint | undefined;
}

/** One line of output; `isWhole` is false when the container ended in the middle of it. */
export type LogLine = LogRecord;

/**
 * A container's output, line by line, from all files of its log; with `follow` until the container has ended. Throws
 * 'unsupported' for a driver that keeps none.
 */
export async function* readLogs(
  ctx: Context,
  record: ContainerRecord,
  options: LogOptions,
): AsyncGenerator<LogLine> {
  const { driver } = record.options.log;
  if (driver === 'none' || driver === 'passthrough') throw notKept(driver);
  if (driver === 'journald') {
    const { readJournal } = await import('./read-journal');
    return yield* readJournal(ctx, record, options);
  }
  const files = new LogFiles(record.options.log.path ?? containerPaths(ctx, record.id).log);
  const joiner = new LineJoiner();
  try {
    yield* lastLines(wanted(joined(files, joiner), options), options.tail);
    if (options.follow) yield* followed(ctx, record, { files, joiner, options });
    yield* joiner.unfinished();
  } finally {
    files.close();
  }
}

function* joined(files: LogFiles, joiner: LineJoiner): Generator<LogRecord> {
  for (const bytes of files.lines()) {
    const record = parseLogLine(bytes);
    const line = record && joiner.add(record);
    if (line) yield line;
  }
}

function* wanted(lines: Iterable<LogRecord>, { since, until }: LogOptions): Generator<LogRecord> {
  for (const line of lines) {
    if (since === undefined && until === undefined) yield line;
    else {
      const time = parseTime(line.time) ?? 0n;
      if (until !== undefined && time > until) return;
      if (since === undefined || time >= since) yield line;
    }
  }
}

/** All lines, or the last `count`: then no more than these are kept in memory. */
export function* lastLines(lines: Iterable<LogRecord>, count: number | undefined): Generator<LogRecord> {
  if (count === undefined || count < 0) return yield* lines;
  let kept: LogRecord[] = [];
  for (const line of lines) {
    if (count > 0) kept.push({ ...line, text: Buffer.from(line.text) });
    if (kept.length > 2 * count + 1000) kept = kept.slice(-count);
  }
  if (count > 0) yield* kept.slice(-count);
}

async function* followed(
  ctx: Context,
  { id }: ContainerRecord,
  { files, joiner, options }: { files: LogFiles; joiner: LineJoiner; options: LogOptions },
): AsyncGenerator<LogRecord> {
  const paths = containerPaths(ctx, id);
  const alarm = changeAlarm([paths.directory, dirname(files.path)]);
  try {
    for (;;) {
      const state = stateIfThere(ctx, id);
      yield* wanted(joined(files, joiner), options);
      if (!state || !isAlive(state)) return;
      if (options.until !== undefined && BigInt(Date.now()) * 1_000_000n > options.until) return;
      await alarm.next(500);
    }
  } finally {
    alarm.close();
  }
}

function notKept(driver: string): TspodError {
  return new TspodError(
    'unsupported',
    `this container is using the '${driver}' log driver, cannot read logs: this container is not logging output`,
  );
}
