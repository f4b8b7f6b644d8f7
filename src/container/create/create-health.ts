import type { ImageRunConfig } from '../../image/format/image-config';
import { TspodError } from '../../lib/errors';
import { HEALTH_DEFAULTS, type HealthConfig, type HealthOptions } from './health-config';
import type { ContainerOptions } from '../record';

const { interval, timeout, retries } = HEALTH_DEFAULTS;
const DEFAULTS = { interval, timeout, retries };

/**
 * The options of a new container with its health check: what was typed stands above the image's, and what neither says is the
 * default. Throws 'usage' in Podman's words for settings that need a check where there is none.
 */
export function withHealth(options: ContainerOptions, image: ImageRunConfig): ContainerOptions {
  const { health: asked, ...others } = options;
  const health = healthOf(asked, image);
  if (health === undefined) checkPolicy(options);
  return health === undefined ? others : { ...others, health };
}

function healthOf(
  asked: HealthConfig | undefined,
  { Healthcheck: image }: ImageRunConfig,
): HealthConfig | undefined {
  if (asked?.test[0] === 'NONE') return asked;
  if (asked && asked.test.length > 0) return { ...DEFAULTS, ...asked };
  return image?.Test?.length ? { ...imageHealth(image), ...asked, test: image.Test } : undefined;
}

function checkPolicy({ startupHealth, healthPolicy }: HealthOptions): void {
  const action = healthPolicy?.onFailure ?? 'none';
  if (startupHealth)
    throw usage('cannot set a startup healthcheck when there is no regular healthcheck: invalid argument');
  if (action !== 'none') throw usage(`cannot set on-failure action to ${action} without a health check`);
}

function imageHealth(check: NonNullable<ImageRunConfig['Healthcheck']>): Omit<HealthConfig, 'test'> {
  return {
    interval: check.Interval || DEFAULTS.interval,
    timeout: check.Timeout || DEFAULTS.timeout,
    retries: check.Retries || DEFAULTS.retries,
    ...(check.StartPeriod ? { startPeriod: check.StartPeriod } : {}),
    ...(check.StartInterval ? { startInterval: check.StartInterval } : {}),
  };
}

function usage(message: string): TspodError {
  return new TspodError('usage', message, { hint: 'give --health-cmd too' });
}
