import type { Context } from '../../lib/context';
import { isErrno, TspodError } from '../../lib/errors';
import { parseTime } from '../../lib/time';
import { stateIfThere } from '../state/await-state';
import type { ContainerRecord } from '../record';
import { LineJoiner } from './line-joiner';
import { parseEntry } from './journal-line';
import type { LogLine, LogOptions } from './read-logs';
import { untilEnd } from './until-end';

interface Reading {
  record: ContainerRecord;
  options: LogOptions;
  joiner: LineJoiner;
  /** journalctl's name of the last entry that was read. */
  cursor: string | undefined;
  /** Whether lines came in pieces. */
  hasPieces: boolean;
}

/**
 * A container's output from the journal of the machine, through journalctl(1); with `follow` until the container has ended. Throws
 * 'machine' where that program is missing, 'system' where it may not read the journal.
 */
export async function* readJournal(
  ctx: Context,
  record: ContainerRecord,
  options: LogOptions,
): AsyncGenerator<LogLine> {
  const joiner = new LineJoiner();
  const reading: Reading = { record, options, joiner, cursor: undefined, hasPieces: false };
  yield* history(reading);
  if (options.follow && stateIfThere(ctx, record.id)) {
    const end = untilEnd(ctx, record.id, options.until);
    try {
      yield* lines(reading, ['--follow', ...afterThose(reading)], end.signal);
    } finally {
      end.close();
    }
    yield* lines(reading, afterThose(reading));
  }
  yield* reading.joiner.unfinished();
}

async function* history(reading: Reading): AsyncGenerator<LogLine> {
  const { tail = -1 } = reading.options;
  if (tail < 0) return yield* lines(reading, afterThose(reading));
  // where to go on is known from an entry only
  yield* (await lastLines(reading, Math.max(tail, 1))).slice(tail === 0 ? Infinity : -tail);
}

/** As many entries may be pieces of fewer lines: then all are read. */
async function lastLines(reading: Reading, count: number): Promise<LogLine[]> {
  const found = await collect(lines(reading, [`--lines=${count}`, ...since(reading)]));
  if (!reading.hasPieces) return found;
  reading.joiner = new LineJoiner();
  return collect(lines(reading, ['--lines=all', ...since(reading)]));
}

async function collect(found: AsyncIterable<LogLine>): Promise<LogLine[]> {
  const all: LogLine[] = [];
  for await (const line of found) all.push(line);
  return all;
}

function afterThose(reading: Reading): string[] {
  const { cursor } = reading;
  return ['--lines=all', ...(cursor === undefined ? since(reading) : [`--after-cursor=${cursor}`])];
}

function since({ options: { since: ns } }: Reading): string[] {
  return ns === undefined ? [] : [`--since=@${Number(ns / 1000n) / 1e6}`];
}

async function* lines(
  reading: Reading,
  selection: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<LogLine> {
  const { programLines } = await import('../../sys/program-lines');
  const args = ['--quiet', '--output=json', '--all', ...selection, `CONTAINER_ID_FULL=${reading.record.id}`];
  const { until } = reading.options;
  try {
    for await (const text of programLines('journalctl', args, signal)) {
      const entry = parseEntry(text);
      if (!entry) continue;
      if (until !== undefined && (parseTime(entry.line.time) ?? 0n) > until) return;
      reading.cursor = entry.cursor;
      reading.hasPieces ||= !entry.line.isWhole;
      const line = reading.joiner.add(entry.line);
      if (line) yield line;
    }
  } catch (cause) {
    throw isErrno(cause, 'ENOENT') ? missing(cause) : cause;
  }
}

function missing(cause: unknown): TspodError {
  return new TspodError('machine', 'reading the journal: journalctl cannot be run', {
    hint: 'install systemd, or make the container with --log-driver k8s-file',
    cause,
  });
}
