import { setTimeout as pause } from 'node:timers/promises';

/** How long a condition may take. */
export interface WaitOptions {
  /** Milliseconds until it fails; 10,000 by default. */
  timeout?: number;
  /** Milliseconds between two looks; 20 by default. */
  interval?: number;
}

/**
 * Looks until `condition` returns something that is neither false nor undefined, and returns that. Fails with
 * `what` and the last error of the condition when the time is over.
 */
export async function waitFor<T>(
  what: string,
  condition: () => T | Promise<T>,
  options: WaitOptions = {},
): Promise<Exclude<T, false | undefined | null>> {
  const { timeout = 10_000, interval = 20 } = options;
  const end = performance.now() + timeout;
  let last: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== false && value !== undefined && value !== null)
        return value as Exclude<T, false | undefined | null>;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`waited ${timeout} ms for ${what}`, { cause: last });
    await pause(interval);
  }
}
