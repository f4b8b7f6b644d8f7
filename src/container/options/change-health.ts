import { TspodError } from '../../lib/errors';
import {
  HEALTH_DEFAULTS,
  type HealthConfig,
  type HealthOptions,
  type StartupHealth,
} from '../create/health-config';
import { parseHealth, parseHealthCommand, type HealthTexts } from './parse-health';

/** Health checks with what was typed for `update`: what was not stays. Throws 'usage' in Podman's words. */
export function changeHealth(before: HealthOptions, texts: HealthTexts): HealthOptions {
  const { healthPolicy } = before;
  if (texts.none) {
    checkAlone(texts);
    return { ...(healthPolicy ? { healthPolicy } : {}), health: { test: ['NONE'] } };
  }
  const { cmd, startupCmd: _startup, ...others } = texts;
  const typed = parseHealth(others);
  const policy = { ...healthPolicy, ...typed.healthPolicy };
  if (texts.logDestination === 'local') delete policy.logDestination;
  const health = changeTest(before.health, { cmd, times: typed.health });
  const startup = changeStartup(before.startupHealth, texts);
  return {
    ...(health ? { health } : {}),
    ...(startup ? { startupHealth: startup } : {}),
    ...(Object.keys(policy).length > 0 ? { healthPolicy: policy } : {}),
  };
}

function checkAlone({ none: _none, ...others }: HealthTexts): void {
  if (Object.values(others).some((value) => value !== undefined))
    throw new TspodError('usage', 'cannot specify both --no-healthcheck and other HealthCheck flags');
}

function changeTest(
  before: HealthConfig | undefined,
  { cmd, times }: { cmd: string | undefined; times: HealthConfig | undefined },
): HealthConfig | undefined {
  if (!cmd && !times) return before;
  const { interval, timeout, retries } = HEALTH_DEFAULTS;
  const test = cmd ? parseHealthCommand(cmd) : before?.test;
  if (test === undefined || test.length === 0) throw notSet('healthcheck', '--health-cmd');
  return { interval, timeout, retries, ...before, ...times, test };
}

function changeStartup(before: StartupHealth | undefined, texts: HealthTexts): StartupHealth | undefined {
  const { startupCmd, startupInterval, startupTimeout, startupRetries, startupSuccess } = texts;
  const given = { startupInterval, startupTimeout, startupRetries, startupSuccess };
  if (!startupCmd && Object.values(given).every((value) => value === undefined)) return before;
  if (!startupCmd && !before) throw notSet('startup healthcheck', '--health-startup-cmd');
  const typed = parseHealth({ ...given, startupCmd: startupCmd || 'none' }).startupHealth;
  if (!typed || !before) return typed;
  return {
    test: startupCmd ? typed.test : before.test,
    ...pick('interval', startupInterval === undefined ? before : typed),
    ...pick('timeout', startupTimeout === undefined ? before : typed),
    retries: (startupRetries === undefined ? before : typed).retries,
    successes: (startupSuccess === undefined ? before : typed).successes,
  };
}

function pick(name: 'interval' | 'timeout', of: StartupHealth): Partial<StartupHealth> {
  return of[name] === undefined ? {} : { [name]: of[name] };
}

function notSet(what: string, option: string): TspodError {
  return new TspodError('usage', `${what} command is not set`, { hint: `give it one with ${option}` });
}
