import type { Context } from '../../lib/context';
import type { Plan } from '../../runtime/plan';
import { PLAN } from '../../runtime/protocol';
import { EVENTS_LOGGER, HEALTH_DEFAULTS, isChecked, type HealthAction } from '../create/health-config';
import type { ContainerRecord } from '../record';
import { healthLogPath } from './health-log';

const ACTIONS: Record<HealthAction, number> = {
  none: PLAN.HEALTH_NONE,
  kill: PLAN.HEALTH_KILL,
  restart: PLAN.HEALTH_RESTART,
  stop: PLAN.HEALTH_STOP,
};

/**
 * Adds what the monitor has to know of health checks: for a start, and for `updateMonitor()` when they have changed. Without a
 * check the monitor is told that there is none.
 */
export function addHealth(plan: Plan, ctx: Context, record: ContainerRecord): void {
  const { health, startupHealth, healthPolicy } = record.options;
  const { interval, timeout, startPeriod, startInterval, retries, test } = {
    ...HEALTH_DEFAULTS,
    startPeriod: 0,
    startInterval: 0,
    test: [],
    ...health,
  };
  const policy = { ...HEALTH_DEFAULTS, ...healthPolicy };
  plan.add(
    'HEALTH',
    healthLogPath(ctx, record),
    ACTIONS[policy.onFailure],
    policy.maxLogCount,
    policy.maxLogSize,
    retries,
    milliseconds(startPeriod),
    policy.logDestination === EVENTS_LOGGER ? 1 : 0,
  );
  const times = [milliseconds(interval), milliseconds(startInterval), milliseconds(timeout)] as const;
  plan.add('HEALTH_TEST', ...times, ...(isChecked(health) ? healthArguments(test) : []));
  if (!startupHealth || !isChecked(health)) return;
  const { interval: early = HEALTH_DEFAULTS.interval, timeout: most = HEALTH_DEFAULTS.timeout } =
    startupHealth;
  const counts = [startupHealth.retries, startupHealth.successes] as const;
  const argv = healthArguments(startupHealth.test);
  plan.add('HEALTH_STARTUP', milliseconds(early), milliseconds(most), ...counts, ...argv);
}

/** The program and its arguments. */
export function healthArguments([kind = '', ...rest]: readonly string[]): string[] {
  if (kind === 'CMD') return rest;
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', rest.join(' ')] : [kind, ...rest];
}

/** Of nanoseconds; never 0 for what is more. */
function milliseconds(ns: number): number {
  return ns > 0 ? Math.max(1, Math.round(ns / 1e6)) : 0;
}
