import type { Context } from '../../lib/context';
import type { EventLogger } from '../../lib/engine-event';

/** Where a user's events are kept. */
export interface EventLog {
  logger: EventLogger;
  /** Of the file; older events are in `path.1`. */
  path: string;
  /** Bytes after which the file is rotated; 0 never. */
  maxSize: number;
}

/** Podman's. */
const MAX_SIZE = 1_000_000;

/** What --events-backend, then containers.conf say; else a file in the store. */
export function eventLog(ctx: Context): EventLog {
  const conf = ctx.defaults?.events ?? {};
  return {
    logger: ctx.overrides?.eventsBackend ?? conf.logger ?? 'file',
    path: conf.path ?? `${ctx.paths.root}/events.jsonl`,
    maxSize: conf.maxSize ?? MAX_SIZE,
  };
}
