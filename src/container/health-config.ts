/** A health check as an image or an option gives it; durations in nanoseconds as in Docker's image config. */
export interface HealthConfig {
  /** `['NONE']`, `['CMD', ...]` or `['CMD-SHELL', line]`. */
  test: string[];
  interval?: number;
  timeout?: number;
  startPeriod?: number;
  retries?: number;
}
