import type { Context } from '../../lib/context';
import { formatDuration } from '../../lib/duration';
import { TspodError } from '../../lib/errors';
import { askMonitor } from '../../runtime/ask-monitor';
import { FRAME, HEALTH } from '../../runtime/protocol';
import { loadRecord, lookUpContainer } from '../find';
import { HEALTH_DEFAULTS, isChecked } from '../create/health-config';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';
import { readState } from '../state/status';
import { readHealthLog } from './health-log';

/** How a check that was asked for has ended; `starting` is a startup check that failed. */
export type HealthResult = 'healthy' | 'unhealthy' | 'starting' | 'stopped';

/**
 * Has the monitor of a container run its health check now, and waits for the result; a check that runs already is not taken for
 * it. Throws in Podman's words 'not-found', 'state' for a container that does not run or has no check, and for a check whose time was
 * over or that could not be made.
 */
export async function runHealthcheck(ctx: Context, name: string): Promise<HealthResult> {
  const record = recordOf(ctx, name);
  const { id, options } = record;
  if (readState(ctx, id).phase !== 'running') throw new TspodError('state', `container ${id} is not running`);
  if (!isChecked(options.health)) throw noCheck(id);
  const question = { type: FRAME.HEALTH, answer: FRAME.HEALTH_RESULT };
  const answer = await askMonitor(containerPaths(ctx, id).attachSocket, question);
  return resultOf(ctx, record, answer.readUInt32LE(0));
}

/** The error of a container without a health check. */
export function noCheck(id: string): TspodError {
  return new TspodError('state', `container ${id} has no defined healthcheck`, {
    hint: 'give it one with --health-cmd when you make it',
  });
}

function recordOf(ctx: Context, name: string): ContainerRecord {
  const id = lookUpContainer(ctx, name);
  if (id !== undefined) return loadRecord(ctx, id);
  throw new TspodError(
    'not-found',
    `unable to look up ${name} to perform a health check: no container with name or ID "${name}" found: no such container`,
  );
}

function resultOf(ctx: Context, record: ContainerRecord, outcome: number): HealthResult {
  switch (outcome) {
    case HEALTH.PASSED:
      return 'healthy';
    case HEALTH.FAILED:
      return 'unhealthy';
    case HEALTH.STARTING:
      return 'starting';
    case HEALTH.STOPPED:
      return 'stopped';
    case HEALTH.NONE:
      throw noCheck(record.id);
    case HEALTH.TIMED_OUT:
      throw new TspodError('state', `healthcheck command exceeded timeout of ${timeoutOf(record)}`);
    default:
      throw new TspodError('machine', `the health check cannot be run: ${reasonOf(ctx, record)}`);
  }
}

function timeoutOf({ options: { health } }: ContainerRecord): string {
  return formatDuration((health?.timeout ?? HEALTH_DEFAULTS.timeout) / 1e6);
}

/** What the monitor wrote instead of output. */
function reasonOf(ctx: Context, record: ContainerRecord): string {
  return readHealthLog(ctx, record).Log?.at(-1)?.Output.trim() || 'nothing is known of it';
}
