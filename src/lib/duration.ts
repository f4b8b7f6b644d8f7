import { TspodError } from './errors';

/** Nanoseconds in each unit of Go's time.ParseDuration. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const ONE_PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/** The milliseconds that a Go duration means: `1h30m`, `1.5s`, `-10m`, `0`. Throws a usage error that quotes it. */
export function parseDuration(text: string): number {
  const body = text.replace(/^[+-]/, '');
  const sign = text.startsWith('-') ? -1 : 1;
  if (body === '0') return 0;
  let total = 0;
  ONE_PART.lastIndex = 0;
  let end = 0;
  for (let part = ONE_PART.exec(body); part !== null; part = ONE_PART.exec(body)) {
    total += Number(part[1]) * (UNITS[part[2] ?? ''] as number);
    end = ONE_PART.lastIndex;
  }
  if (body !== '' && end === body.length) return (sign * total) / 1e6;
  throw new TspodError('usage', `invalid duration "${text}": expected something like 30s, 5m or 1h30m`);
}

/** The milliseconds of a duration, or of a bare number of seconds: `10` and `10s` are the same. */
export function parseSeconds(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseDuration(text);
}

/** How Go prints a duration of `ms` milliseconds: `1h30m0s`, `1.5s`, `20ms`, `0s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  const abs = Math.abs(ms);
  if (abs < 0.001) return `${sign}${trimNumber(abs * 1e6)}ns`;
  if (abs < 1) return `${sign}${trimNumber(abs * 1e3)}µs`;
  if (abs < 1000) return `${sign}${trimNumber(abs)}ms`;
  const hours = Math.floor(abs / 3_600_000);
  const minutes = Math.floor((abs % 3_600_000) / 60_000);
  const seconds = `${trimNumber((abs % 60_000) / 1000)}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

function trimNumber(value: number): string {
  const text = value.toFixed(9);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** `ms` milliseconds in words, as go-units HumanDuration: `About a minute`, `2 hours`, `3 weeks`. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.floor(ms / 3_600_000 + 0.5);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(ms / 3_600_000 / 24 / 365)} years`;
}
