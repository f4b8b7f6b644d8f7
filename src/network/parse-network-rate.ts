import { TspodError } from '../lib/errors';
import type { Rate } from './bridge-types';

/** Bits per second of each unit, as tc(8) counts them. */
const UNITS: Readonly<Record<string, number>> = { '': 1, bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 };

/** Below a packet would wait for seconds, above nothing could be held back. */
const LEAST = 8000;
const MOST = 1e12;

/** Parses `--network-rate`: one rate for both directions, or `egress=RATE` and `ingress=RATE` joined by a comma. Throws 'usage'. */
export function parseNetworkRate(text: string): Rate {
  if (!text.includes('=')) {
    const rate = parseRate(text, text);
    return { egress: rate, ingress: rate };
  }
  const rate: Rate = {};
  for (const part of text.split(',')) {
    const equals = part.indexOf('=');
    const key = part.slice(0, Math.max(equals, 0));
    if (key !== 'egress' && key !== 'ingress')
      throw wrong(text, `"${part}" is neither egress=RATE nor ingress=RATE`);
    if (rate[key] !== undefined) throw wrong(text, `${key} is given twice`);
    rate[key] = parseRate(part.slice(equals + 1), text);
  }
  return rate;
}

/** A rate as it is typed: `10mbit`. */
export function formatRate(rate: number): string {
  const [unit = '', size = 1] =
    Object.entries(UNITS).findLast(([name, each]) => name !== '' && rate % each === 0) ?? [];
  return `${rate / size}${unit}`;
}

function parseRate(text: string, whole: string): number {
  const match = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(text.toLowerCase());
  const unit = UNITS[match?.[2] ?? '-'];
  if (match === null || unit === undefined) throw wrong(whole, `"${text}" is not a rate`);
  const rate = Math.round(Number(match[1]) * unit);
  if (rate >= LEAST && rate <= MOST) return rate;
  throw wrong(whole, `${text} is not between 8kbit and 1000gbit`);
}

function wrong(text: string, message: string): TspodError {
  return new TspodError('usage', `invalid network rate "${text}": ${message}`, {
    hint: 'write bits per second: 10mbit, 500kbit, 1gbit, or egress=10mbit,ingress=50mbit',
  });
}
