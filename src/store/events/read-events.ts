import { dirname } from 'node:path';
import type { Context } from '../../lib/context';
import type { EngineEvent } from '../../lib/engine-event';
import { isErrno, TspodError } from '../../lib/errors';
import { changeAlarm } from '../../sys/change-alarm';
import { LogFiles } from '../../sys/log-files';
import type { EventFilter } from './event-filters';
import { eventLog, type EventLog } from './event-log';
import { eventParser, parseJournalEvent } from './parse-event';

/** Which events are wanted. Times are in nanoseconds since 1970. */
export interface EventQuery {
  since?: bigint | undefined;
  until?: bigint | undefined;
  /** Goes on with what happens from now, to `until` where that is given. */
  stream: boolean;
  filter: EventFilter;
}

/** The milliseconds after which the file is looked at again where the kernel tells nothing. */
const LOOK_AGAIN = 500;

/**
 * The events of a user, the oldest first: those that have been kept when `since` or `until` is given or `stream` is not, and then
 * new ones. Comes in batches, as they are read. Throws 'usage' where none are kept, 'machine' where the journal is missing.
 */
export async function* readEvents(ctx: Context, query: EventQuery): AsyncGenerator<EngineEvent[]> {
  const log = eventLog(ctx);
  if (log.logger === 'none')
    throw new TspodError('usage', 'cannot read events with the "none" backend', {
      hint: 'leave --events-backend out, and events_logger in containers.conf',
    });
  yield* log.logger === 'journald' ? readJournal(query) : readFiles(log, query);
}

async function* readFiles(log: EventLog, query: EventQuery): AsyncGenerator<EngineEvent[]> {
  const files = new LogFiles(log.path);
  const parse = eventParser();
  const alarm = query.stream ? changeAlarm([dirname(log.path)]) : undefined;
  try {
    for (const block of files.blocks()) if (!isOnlyNew(query)) yield wanted(block, query, parse);
    while (alarm && !isOver(query)) {
      await alarm.next(timeLeft(query));
      for (const block of files.blocks()) yield wanted(block, query, parse);
    }
  } finally {
    alarm?.close();
    files.close();
  }
}

function isOnlyNew({ since, until, stream }: EventQuery): boolean {
  return stream && since === undefined && until === undefined;
}

function wanted(
  lines: Buffer,
  { since, until, filter }: EventQuery,
  parse: (line: string) => EngineEvent | undefined,
): EngineEvent[] {
  const events: EngineEvent[] = [];
  for (const line of lines.toString().split('\n')) {
    const event = parse(line);
    if (event === undefined || (since !== undefined && event.ns < since)) continue;
    if (until !== undefined && event.ns > until) continue;
    if (filter(event)) events.push(event);
  }
  return events;
}

function isOver({ until }: EventQuery): boolean {
  return until !== undefined && BigInt(Date.now()) * 1_000_000n >= until;
}

function timeLeft({ until }: EventQuery): number {
  if (until === undefined) return LOOK_AGAIN;
  return Math.min(LOOK_AGAIN, Math.max(0, Number(until / 1_000_000n) - Date.now() + 1));
}

async function* readJournal(query: EventQuery): AsyncGenerator<EngineEvent[]> {
  const { programLines } = await import('../../sys/program-lines');
  try {
    for await (const text of programLines('journalctl', journalArguments(query))) {
      const event = parseJournalEvent(text);
      if (event && query.until !== undefined && event.ns > query.until) return;
      if (event && query.filter(event)) yield [event];
    }
  } catch (cause) {
    if (!isErrno(cause, 'ENOENT')) throw cause;
    throw new TspodError('machine', 'reading the journal: journalctl cannot be run', {
      hint: 'install systemd, or keep events in a file: --events-backend file',
      cause,
    });
  }
}

function journalArguments(query: EventQuery): string[] {
  const at = (ns: bigint): string => `@${Number(ns / 1000n) / 1e6}`;
  const { since, until, stream } = query;
  return [
    ...['--quiet', '--output=json', '--all'],
    ...(stream && !isOver(query) ? ['--follow'] : []),
    isOnlyNew(query) ? '--lines=0' : '--lines=all',
    ...(since === undefined ? [] : [`--since=${at(since)}`]),
    ...(until === undefined ? [] : [`--until=${at(until)}`]),
    ...['SYSLOG_IDENTIFIER=podman', `_UID=${process.getuid?.() ?? 0}`],
  ];
}
