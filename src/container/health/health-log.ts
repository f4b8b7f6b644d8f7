import { readFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { isErrno } from '../../lib/errors';
import { EVENTS_LOGGER } from '../create/health-config';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';

/** One result of a health check. */
export interface HealthEntry {
  /** RFC 3339. */
  Start: string;
  End: string;
  /** 0 passed, 1 failed, -1 its time was over. */
  ExitCode: number;
  Output: string;
}

/** The content of the log of health checks, with Podman's names. */
export interface HealthLog {
  Status: string;
  FailingStreak: number;
  /** Null when none has run since the container was started. */
  Log: HealthEntry[] | null;
}

/** Where the monitor writes the log: JSON, an entry a line. Podman's name in a directory that the user chose. */
export function healthLogPath(ctx: Context, { id, options }: ContainerRecord): string {
  const directory = options.healthPolicy?.logDestination;
  return directory === undefined || directory === EVENTS_LOGGER
    ? `${containerPaths(ctx, id).directory}/healthcheck.log`
    : `${directory}/${id}-healthcheck.log`;
}

/** The results since the container was last started; one that is cut off, or that cannot be read, is as good as none. */
export function readHealthLog(ctx: Context, record: ContainerRecord): HealthLog {
  try {
    return JSON.parse(readFileSync(healthLogPath(ctx, record), 'utf8')) as HealthLog;
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isErrno(error, 'ENOENT', 'EACCES', 'ENOTDIR')) throw error;
    return { Status: '', FailingStreak: 0, Log: null };
  }
}
