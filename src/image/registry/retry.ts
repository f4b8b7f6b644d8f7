import type { Context } from '../../lib/context';
import { describeError } from '../../lib/errors';
import { wait } from '../../lib/wait';
import { transienceOf } from './transient';
import type { RegistryOptions } from './types';

/** How often Podman tries again. */
const DEFAULT_RETRY = 3;
const longestDelay = 60_000;
/** For blobs whose connection broke in the middle, where nothing else is said; the delay, in ms, doubles. */
export const defaultBlobRetry = { retry: DEFAULT_RETRY, retryDelay: 1000 };
// a registry that says "in six hours" means: not now
const longestRetryAfter = 120_000;

/** What of the options is used here. */
export type RetryOptions = Pick<RegistryOptions, 'retry' | 'retryDelay' | 'signal'>;

/**
 * Does `action`, and again when it fails in a way that may pass: after Retry-After where the registry said so, else
 * after `retryDelay`, else after 1, 2, 4 ... seconds, give or take a quarter. A line at level `warn` tells of each.
 * Errors: those of `action`, and the reason of `signal`.
 */
export async function withRetry<T>(
  ctx: Pick<Context, 'log'>,
  options: RetryOptions,
  action: () => Promise<T>,
): Promise<T> {
  const most = options.retry ?? DEFAULT_RETRY;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      const transience = transienceOf(error);
      if (transience === undefined || attempt >= most || options.signal?.aborted) throw error;
      if ((transience.retryAfter ?? 0) > longestRetryAfter) throw error;
      const delay = transience.retryAfter ?? options.retryDelay ?? backOff(attempt);
      ctx.log(
        'warn',
        `${describeError(error)}; trying again in ${formatDelay(delay)} (${attempt + 1}/${most})`,
      );
      await wait(delay, options.signal);
    }
  }
}

function backOff(attempt: number): number {
  const delay = Math.min(1000 * 2 ** attempt, longestDelay);
  return Math.round(delay * (0.75 + Math.random() / 2));
}

function formatDelay(delay: number): string {
  return delay < 1000 ? `${delay}ms` : `${(delay / 1000).toFixed(1).replace(/\.0$/, '')}s`;
}

/** `Retry-After` (RFC 9110, section 10.2.3), seconds or a date, as ms from now; undefined where it is neither. */
export function parseRetryAfter(header: string | undefined, now = Date.now()): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = /^[A-Z][a-z]{2,8}, /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
