/** A health check as an image or an option gives it; durations in nanoseconds as in Docker's image config. */
export interface HealthConfig {
  /** `['NONE']`, `['CMD', ...]` or `['CMD-SHELL', line]`; anything else is a command as it is. */
  test: string[];
  /** 0: no probe by itself. */
  interval?: number;
  timeout?: number;
  startPeriod?: number;
  /** Between probes in the start period; absent or 0: `interval`. */
  startInterval?: number;
  /** Failures in a row that make it unhealthy. */
  retries?: number;
}

/** The check that comes before the regular one. */
export interface StartupHealth extends Pick<HealthConfig, 'test' | 'interval' | 'timeout'> {
  /** Failures in a row that restart the container; 0: none do. */
  retries: number;
  /** Successes in a row that end it; 0 is as good as 1. */
  successes: number;
}

/** What is done to a container that has become unhealthy. */
export type HealthAction = 'none' | 'kill' | 'restart' | 'stop';

/** For `logDestination`: results are in the events too. */
export const EVENTS_LOGGER = 'events_logger';

/** What is done with results. */
export interface HealthPolicy {
  onFailure?: HealthAction;
  /** A directory, or EVENTS_LOGGER; absent: the container's own directory. */
  logDestination?: string;
  /** Entries that are kept; 0: all. Default 5. */
  maxLogCount?: number;
  /** Bytes of output that are kept of each; 0: all. Default 500. */
  maxLogSize?: number;
}

/** All that options say of health checks. */
export interface HealthOptions {
  /** With an empty `test`: the image's, with these changes. */
  health?: HealthConfig;
  startupHealth?: StartupHealth;
  healthPolicy?: HealthPolicy;
}

/** Nanoseconds of a second. */
const SECOND_NS = 1e9;

/** What Podman takes where nothing is said. */
export const HEALTH_DEFAULTS = {
  interval: 30 * SECOND_NS,
  timeout: 30 * SECOND_NS,
  retries: 3,
  onFailure: 'none',
  maxLogCount: 5,
  maxLogSize: 500,
} as const;

/** Whether probes are to be made. */
export function isChecked(health: HealthConfig | undefined): health is HealthConfig {
  const [first = ''] = health?.test ?? [];
  return first !== '' && first !== 'NONE';
}
