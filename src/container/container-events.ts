import { existsSync } from 'node:fs';
import type { Context } from '../lib/context';
import { JOURNAL_SOCKET, type EngineEvent } from '../lib/engine-event';
import type { Plan } from '../runtime/plan';
import { PLAN } from '../runtime/protocol';
import { eventLine, eventTemplate } from '../store/events/event-line';
import { eventLog, type EventLog } from '../store/events/event-log';
import { journalEntry, journalTemplate } from '../store/events/journal-entry';
import { recordEvent, takeEvents, type NewEvent } from '../store/events/record-event';
import type { ContainerRecord } from './record';

/** What of a record is in the events of its container. */
export type EventSubject = Pick<ContainerRecord, 'id' | 'name' | 'imageName' | 'labels'>;

/** Notes what has happened to a container. */
export function recordContainerEvent(
  ctx: Context,
  subject: EventSubject,
  status: string,
  more: Partial<NewEvent> = {},
): void {
  recordEvent(ctx, { ...describe(subject), status, ...more });
}

/**
 * What the helper needs to write the events of a container; it also gets those that wait already. `volumes` are the names of
 * those that it removes with the container.
 */
export function addEvents(
  plan: Plan,
  ctx: Context,
  subject: EventSubject,
  volumes: readonly string[] = [],
): void {
  const log = eventLog(ctx);
  const earlier = takeEvents(ctx);
  if (log.logger === 'none') return;
  if (log.logger === 'journald' && !existsSync(JOURNAL_SOCKET))
    ctx.log('warn', `events are not kept: there is no journal at "${JOURNAL_SOCKET}"`);
  const place = log.logger === 'file' ? PLAN.EVENTS_FILE : PLAN.EVENTS_JOURNAL;
  const path = log.logger === 'file' ? log.path : JOURNAL_SOCKET;
  const health = ctx.defaults?.events?.health === false ? '' : String.fromCharCode(PLAN.EVENT_HEALTH);
  const event = template(log, describe(subject), health);
  plan.add('EVENTS', place, path, log.maxSize, event, ...earlier.map((each) => text(log, each)));
  for (const name of volumes)
    plan.add('EVENT_VOLUME', template(log, { type: 'volume', name, attributes: null }, ''));
}

function describe({ id, name, imageName, labels }: EventSubject) {
  return { type: 'container', id, name, image: imageName, attributes: labels } as const;
}

function template(log: EventLog, event: Omit<EngineEvent, 'ns' | 'status'>, health: string): string {
  const [status, time, code] = [PLAN.EVENT_STATUS, PLAN.EVENT_TIME, PLAN.EVENT_CODE].map((each) =>
    String.fromCharCode(each),
  ) as [string, string, string];
  return (log.logger === 'file' ? eventTemplate : journalTemplate)(event, { code, status, time, health });
}

function text(log: EventLog, event: EngineEvent): string {
  return log.logger === 'file' ? eventLine(event) : journalEntry(event);
}
