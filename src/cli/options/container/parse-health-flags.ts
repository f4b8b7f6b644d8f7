import { parseHealth, type HealthTexts } from '../../../container/options/parse-health';
import type { HealthOptions } from '../../../container/create/health-config';
import type { HealthFlags } from './health-options';

/** The health checks that were typed, and nothing more. Throws 'usage' and 'unsupported'. */
export function parseHealthFlags(flags: HealthFlags): HealthOptions {
  return parseHealth(healthTexts(flags));
}

/** The options of health checks as they were typed. */
export function healthTexts(flags: HealthFlags): HealthTexts {
  return {
    cmd: flags['health-cmd'],
    interval: flags['health-interval'],
    logDestination: flags['health-log-destination'],
    maxLogCount: flags['health-max-log-count'],
    maxLogSize: flags['health-max-log-size'],
    onFailure: flags['health-on-failure'],
    retries: flags['health-retries'],
    startInterval: flags['health-start-interval'],
    startPeriod: flags['health-start-period'],
    startupCmd: flags['health-startup-cmd'],
    startupInterval: flags['health-startup-interval'],
    startupRetries: flags['health-startup-retries'],
    startupSuccess: flags['health-startup-success'],
    startupTimeout: flags['health-startup-timeout'],
    timeout: flags['health-timeout'],
    none: flags['no-healthcheck'],
  };
}
