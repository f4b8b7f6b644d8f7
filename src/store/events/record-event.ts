import type { Context } from '../../lib/context';
import type { EngineEvent } from '../../lib/engine-event';
import { nowNs } from '../../lib/time';

/** An event that is being told: its time is now, and without attributes it has none. */
export type NewEvent = Omit<EngineEvent, 'ns' | 'attributes'> & Partial<Pick<EngineEvent, 'attributes'>>;

/**
 * Notes that something has happened. It is written when the command ends, together with everything else, or with `ctx.flushEvents`,
 * or by the helper that takes this process's place.
 */
export function recordEvent(ctx: Context, event: NewEvent): void {
  ctx.pendingEvents?.push({ attributes: null, ...event, ns: nowNs() });
}

/** What has been noted and is not written yet; from now on it is the caller's to write. */
export function takeEvents(ctx: Context): EngineEvent[] {
  return ctx.pendingEvents?.splice(0) ?? [];
}
