/** Go's zero time, the year 1: what Podman prints where nothing has happened yet. */
export const ZERO_TIME_NS = -62_135_596_800_000_000_000n;

const NS = 1_000_000_000n;

/** A moment in nanoseconds since 1970, in UTC, which JSON and Go templates print as Go does. */
export class GoTime {
  constructor(readonly ns: bigint) {}

  /** RFC 3339 with nanoseconds. */
  toJSON(): string {
    return this.IsZero() ? '0001-01-01T00:00:00Z' : formatRfc3339(this.ns);
  }

  /** Go's String(): `2006-01-02 15:04:05.999999999 -0700 MST`. */
  toString(): string {
    return formatGoTime(this.ns);
  }

  Unix(): bigint {
    return floorDivide(this.ns, NS);
  }

  UnixNano(): bigint {
    return this.ns;
  }

  /** Go's Format with a layout: `2006-01-02 15:04`. */
  Format(layout: string): string {
    return formatLayout(this.ns, layout);
  }

  IsZero(): boolean {
    return this.ns === ZERO_TIME_NS;
  }

  Year(): number {
    return this.date().getUTCFullYear();
  }

  YearDay(): number {
    const date = this.date();
    return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
  }

  Day(): number {
    return this.date().getUTCDate();
  }

  Hour(): number {
    return this.date().getUTCHours();
  }

  Minute(): number {
    return this.date().getUTCMinutes();
  }

  Second(): number {
    return this.date().getUTCSeconds();
  }

  private date(): Date {
    return new Date(Number(this.Unix()) * 1000);
  }
}

/** The moment `ns` nanoseconds after 1970; without it Go's zero time. */
export function goTime(ns: bigint = ZERO_TIME_NS): GoTime {
  return new GoTime(ns);
}

/** Nanoseconds since 1970 of the wall clock: exact to the millisecond, the digits below are those of the monotonic clock. */
export function nowNs(): bigint {
  // performance.now() would be exact, and cost a start one millisecond for loading perf_hooks
  return BigInt(Date.now()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n);
}

/** `2026-01-02T15:04:05.123456789Z`: RFC 3339 in UTC, the fraction without zeros at its end (Go's RFC3339Nano). */
export function formatRfc3339(ns: bigint): string {
  const { date, fraction } = split(ns);
  return `${date.slice(0, 19)}${fraction}Z`;
}

/** As Go prints a time: `2006-01-02 15:04:05.999999999 +0000 UTC`, in UTC. */
export function formatGoTime(ns: bigint): string {
  const { date, fraction } = split(ns);
  return `${date.slice(0, 10)} ${date.slice(11, 19)}${fraction} +0000 UTC`;
}

/**
 * The nanoseconds of an RFC 3339 time, of a Unix time (`1700000000.5`) or of a date `2026-01-02[T15:04[:05]]` in the local
 * zone; undefined when `text` is none of them.
 */
export function parseTime(text: string): bigint | undefined {
  if (/^-?\d+(\.\d+)?$/.test(text)) return secondsToNs(text);
  const match = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d)?(?:\.(\d+))?)?\s*([Zz]|[+-]\d\d:?\d\d)?$/.exec(
    text,
  );
  if (match === null) return undefined;
  const [, date = '', minutes = '00:00', seconds = ':00', fraction = '', zone = ''] = match;
  const ms = Date.parse(`${date}T${minutes}${seconds}${isoZone(zone)}`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}

function isoZone(zone: string): string {
  if (/^z$/i.test(zone)) return 'Z';
  return zone.includes(':') ? zone : zone.replace(/(\d\d)(\d\d)$/, '$1:$2');
}

function secondsToNs(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  const part = BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  return BigInt(whole) * NS + (text.startsWith('-') ? -part : part);
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

function split(ns: bigint): { date: string; fraction: string; digits: string } {
  const seconds = floorDivide(ns, NS);
  const digits = String(ns - seconds * NS).padStart(9, '0');
  const trimmed = digits.replace(/0+$/, '');
  const date = isoDate(new Date(Number(seconds) * 1000));
  return { date, digits, fraction: trimmed === '' ? '' : `.${trimmed}` };
}

/** As toISOString(), the first call of which looks for the time zone of the machine: that costs a start a millisecond. */
function isoDate(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`;
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `${String(at.getUTCFullYear()).padStart(4, '0')}-${day}T${time}Z`;
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const LAYOUT =
  /January|Jan|Monday|Mon|MST|2006|06|02|01|03|04|05|15|_2|-07:00|-0700|-07|Z07:00|Z0700|PM|pm|[.,]0+|[.,]9+|1|2|3|4|5/g;

/** `ns` in the form of a Go layout, in UTC. */
export function formatLayout(ns: bigint, layout: string): string {
  const { date, digits } = split(ns);
  const at = new Date(date);
  return layout.replace(LAYOUT, (word) => layoutPart(word, at, digits));
}

function layoutPart(word: string, at: Date, digits: string): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const hour = at.getUTCHours();
  const parts: Record<string, string> = {
    '2006': String(at.getUTCFullYear()).padStart(4, '0'),
    '06': two(at.getUTCFullYear() % 100),
    '01': two(at.getUTCMonth() + 1),
    '1': String(at.getUTCMonth() + 1),
    January: MONTHS[at.getUTCMonth()] as string,
    Jan: (MONTHS[at.getUTCMonth()] as string).slice(0, 3),
    '02': two(at.getUTCDate()),
    _2: String(at.getUTCDate()).padStart(2),
    '2': String(at.getUTCDate()),
    Monday: DAYS[at.getUTCDay()] as string,
    Mon: (DAYS[at.getUTCDay()] as string).slice(0, 3),
    '15': two(hour),
    '03': two(hour % 12 || 12),
    '3': String(hour % 12 || 12),
    '04': two(at.getUTCMinutes()),
    '4': String(at.getUTCMinutes()),
    '05': two(at.getUTCSeconds()),
    '5': String(at.getUTCSeconds()),
    PM: hour < 12 ? 'AM' : 'PM',
    pm: hour < 12 ? 'am' : 'pm',
    MST: 'UTC',
    '-0700': '+0000',
    '-07:00': '+00:00',
    '-07': '+00',
    'Z07:00': 'Z',
    Z0700: 'Z',
  };
  const known = parts[word];
  if (known !== undefined) return known;
  const fraction = digits.slice(0, word.length - 1);
  if (word[1] === '0') return `${word[0]}${fraction}`;
  const trimmed = fraction.replace(/0+$/, '');
  return trimmed === '' ? '' : `${word[0]}${trimmed}`;
}
