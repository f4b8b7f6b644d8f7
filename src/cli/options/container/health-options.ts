import type { Flags } from '../../define-command';

/** Options of `run`, `create` and `update` about health checks. */
export const HEALTH_OPTIONS = {
  'health-cmd': {
    type: 'string',
    value: 'COMMAND',
    description: 'Check the health of the container with a line for its shell, or a JSON array; none: not',
  },
  'health-interval': {
    type: 'string',
    value: 'DURATION',
    description: 'Time between two health checks (default 30s); disable: only by "healthcheck run"',
  },
  'health-log-destination': {
    type: 'string',
    value: 'PLACE',
    description:
      'Where results are kept: local (default), a directory, or events_logger: local and in the events',
  },
  'health-max-log-count': { type: 'number', value: 'N', description: 'Results kept (default 5; 0: all)' },
  'health-max-log-size': {
    type: 'number',
    value: 'BYTES',
    description: 'Output kept of each health check (default 500; 0: all)',
  },
  'health-on-failure': {
    type: 'string',
    value: 'ACTION',
    description: 'What is done once it is unhealthy: none (default), kill, restart, stop',
  },
  'health-retries': {
    type: 'number',
    value: 'N',
    description: 'Failures in a row that make it unhealthy (default 3)',
  },
  'health-start-interval': {
    type: 'string',
    value: 'DURATION',
    description: 'Time between two health checks in the start period (default --health-interval)',
  },
  'health-start-period': {
    type: 'string',
    value: 'DURATION',
    description: 'Time in which failures do not count (default 0s)',
  },
  'health-startup-cmd': {
    type: 'string',
    value: 'COMMAND',
    description: 'A check that has to succeed before the regular ones begin',
  },
  'health-startup-interval': {
    type: 'string',
    value: 'DURATION',
    description: 'Time between two startup checks (default 30s)',
  },
  'health-startup-retries': {
    type: 'number',
    value: 'N',
    description: 'Failures in a row that restart the container (default 0: none do)',
  },
  'health-startup-success': {
    type: 'number',
    value: 'N',
    description: 'Successes in a row that are needed (default 0: one)',
  },
  'health-startup-timeout': {
    type: 'string',
    value: 'DURATION',
    description: 'Time after which a startup check is killed (default 30s)',
  },
  'health-timeout': {
    type: 'string',
    value: 'DURATION',
    description: 'Time after which a health check is killed (default 30s)',
  },
  'no-healthcheck': { type: 'boolean', description: 'Do not run the health check of the image' },
} as const;

/** Their values. */
export type HealthFlags = Flags<typeof HEALTH_OPTIONS>;

/** Whether one of them was typed: only then there is something to parse. */
export function hasHealthFlags(flags: HealthFlags): boolean {
  return Object.keys(HEALTH_OPTIONS).some((name) => flags[name as keyof HealthFlags] !== undefined);
}
