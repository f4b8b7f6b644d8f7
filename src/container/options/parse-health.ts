import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseDuration } from '../../lib/duration';
import { describeError, TspodError } from '../../lib/errors';
import {
  EVENTS_LOGGER,
  HEALTH_DEFAULTS,
  type HealthAction,
  type HealthConfig,
  type HealthOptions,
  type HealthPolicy,
  type StartupHealth,
} from '../create/health-config';

/** The values of the options as they were typed; absent: not typed. */
export interface HealthTexts {
  cmd?: string | undefined;
  interval?: string | undefined;
  logDestination?: string | undefined;
  maxLogCount?: number | undefined;
  maxLogSize?: number | undefined;
  onFailure?: string | undefined;
  retries?: number | undefined;
  startInterval?: string | undefined;
  startPeriod?: string | undefined;
  startupCmd?: string | undefined;
  startupInterval?: string | undefined;
  startupRetries?: number | undefined;
  startupSuccess?: number | undefined;
  startupTimeout?: string | undefined;
  timeout?: string | undefined;
  none?: boolean | undefined;
}

const ACTIONS: readonly HealthAction[] = ['none', 'kill', 'restart', 'stop'];
const NONE: HealthConfig = { test: ['NONE'] };

/** Reads all `--health-*` options. Throws 'usage' in Podman's words, 'unsupported' for a log among the events. */
export function parseHealth(texts: HealthTexts): HealthOptions {
  const { cmd, startupCmd, none } = texts;
  if (none && cmd) throw usage('cannot specify both --no-healthcheck and --health-cmd');
  if (none && startupCmd) throw usage('cannot specify both --no-healthcheck and --health-startup-cmd');
  const times = parseTimes(texts);
  const startup = parseStartup(texts);
  const policy = parsePolicy(texts);
  return {
    ...(none ? { health: NONE } : regular(cmd, times)),
    ...(startup ? { startupHealth: startup } : {}),
    ...(Object.keys(policy).length > 0 ? { healthPolicy: policy } : {}),
  };
}

/**
 * The test that a command line stands for, as Podman and Docker read it: a JSON array, a command that begins with CMD or
 * CMD-SHELL, `none`, or a line for the shell. Throws 'usage' for an empty array.
 */
export function parseHealthCommand(text: string): string[] {
  const list = jsonList(text);
  const words = list ?? splitOnce(text);
  const [first, ...rest] = words;
  if (first === undefined) throw usage('must define a healthcheck command for all healthchecks');
  const keyword = first.toUpperCase();
  if (keyword === 'NONE') return ['NONE'];
  if (keyword === 'CMD') return [keyword, ...(list ? rest : text.split(/\s+/).filter(Boolean).slice(1))];
  if (keyword === 'CMD-SHELL') return [keyword, ...rest];
  return list && rest.length > 0 ? ['CMD', ...list] : ['CMD-SHELL', list ? first : text];
}

function regular(cmd: string | undefined, times: Omit<HealthConfig, 'test'>): { health?: HealthConfig } {
  if (cmd) return { health: { test: parseHealthCommand(cmd), ...times } };
  return Object.keys(times).length > 0 ? { health: { test: [], ...times } } : {};
}

function parseTimes(texts: HealthTexts): Omit<HealthConfig, 'test'> {
  const { interval, timeout, startPeriod, startInterval, retries } = texts;
  if (retries !== undefined && !(retries >= 1)) throw usage('healthcheck-retries must be greater than 0');
  return {
    ...(interval === undefined ? {} : { interval: parseInterval(interval) }),
    ...(timeout === undefined ? {} : { timeout: parseTimeout(timeout) }),
    ...(startPeriod === undefined
      ? {}
      : startTime({ startPeriod: nanoseconds('start-period', startPeriod) })),
    ...(startInterval === undefined
      ? {}
      : startTime({ startInterval: nanoseconds('start-interval', startInterval) })),
    ...(retries === undefined ? {} : { retries }),
  };
}

/** Podman leaves 0 out of `inspect`. */
function startTime(time: Pick<HealthConfig, 'startPeriod' | 'startInterval'>): typeof time {
  for (const [name, value] of Object.entries(time)) {
    const option = name === 'startPeriod' ? 'start-period' : 'start-interval';
    if (value < 0) throw usage(`healthcheck-${option} must be 0 seconds or greater`);
    if (value === 0) return {};
  }
  return time;
}

function parseInterval(text: string): number {
  const interval = text === 'disable' ? 0 : nanoseconds('interval', text);
  if (interval < 0) throw usage('healthcheck-interval must be 0 seconds or greater');
  return interval;
}

function parseTimeout(text: string): number {
  const timeout = nanoseconds('timeout', text);
  if (timeout < 1) throw usage('healthcheck-timeout must be at least 1 second');
  return timeout;
}

function parseStartup(texts: HealthTexts): StartupHealth | undefined {
  const { startupCmd, startupInterval, startupTimeout, startupRetries = 0, startupSuccess = 0 } = texts;
  if (!startupCmd) return undefined;
  checkCount('health-startup-retries', startupRetries);
  checkCount('health-startup-success', startupSuccess);
  return {
    test: parseHealthCommand(startupCmd),
    interval: startupInterval === undefined ? HEALTH_DEFAULTS.interval : parseInterval(startupInterval),
    timeout: startupTimeout === undefined ? HEALTH_DEFAULTS.timeout : parseTimeout(startupTimeout),
    retries: startupRetries,
    successes: startupSuccess,
  };
}

function parsePolicy({ onFailure, logDestination, maxLogCount, maxLogSize }: HealthTexts): HealthPolicy {
  return {
    ...(onFailure === undefined ? {} : { onFailure: parseAction(onFailure) }),
    ...(logDestination === undefined || logDestination === 'local' || logDestination === ''
      ? {}
      : { logDestination: parseDestination(logDestination) }),
    ...(maxLogCount === undefined ? {} : { maxLogCount: checkCount('health-max-log-count', maxLogCount) }),
    ...(maxLogSize === undefined ? {} : { maxLogSize: checkCount('health-max-log-size', maxLogSize) }),
  };
}

function parseAction(text: string): HealthAction {
  const action = ACTIONS.find((each) => each === text.toLowerCase());
  if (action !== undefined) return action;
  throw usage(
    `invalid on-failure action "${text}" for health check: supported actions are ${ACTIONS.join(',')}`,
  );
}

function parseDestination(text: string): string {
  if (text === EVENTS_LOGGER) return text;
  try {
    if (statSync(text).isDirectory()) return resolve(text);
  } catch (cause) {
    throw usage(`HealthCheck Log '${text}' destination error: ${describeError(cause).replace(/^.*: /, '')}`);
  }
  throw usage(`HealthCheck Log '${text}' destination error: it must be a directory`);
}

function checkCount(option: string, value: number): number {
  if (value >= 0) return value;
  throw usage(`invalid argument "${value}" for "--${option}": expected a number from 0 on`);
}

function nanoseconds(what: string, text: string): number {
  try {
    return Math.round(parseDuration(text) * 1e6);
  } catch (cause) {
    throw new TspodError('usage', `invalid healthcheck-${what}: ${(cause as Error).message}`, { cause });
  }
}

function jsonList(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

function splitOnce(text: string): string[] {
  const space = text.indexOf(' ');
  return space < 0 ? [text] : [text.slice(0, space), text.slice(space + 1)];
}

function usage(message: string): TspodError {
  return new TspodError('usage', message);
}
