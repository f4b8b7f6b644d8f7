import { TspodError } from './errors';

const BINARY: Readonly<Record<string, number>> = { b: 0, k: 1, m: 2, g: 3, t: 4, p: 5 };
const DECIMAL_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];
const BINARY_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'];

/**
 * The bytes that `text` means: `512m`, `1.5G`, `64kb`, `1GiB`, `100`. All units are powers of 1024, as docker's
 * go-units RAMInBytes reads them. Throws a usage error that quotes the text.
 */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?) ?(?:([kmgtp])(?:i?b)?|b)?$/i.exec(text.trim());
  const bytes =
    match === null ? NaN : Number(match[1]) * 1024 ** (BINARY[match[2]?.toLowerCase() ?? 'b'] ?? 0);
  if (Number.isFinite(bytes)) return Math.trunc(bytes);
  throw new TspodError(
    'usage',
    `invalid size "${text}": expected a number with an optional unit b, k, m, g or t`,
  );
}

/** `bytes` in decimal units with four digits, as go-units HumanSize: `1.234MB`, `12kB`, `0B`. */
export function humanSize(bytes: number): string {
  return customSize(bytes, { base: 1000, units: DECIMAL_UNITS, digits: 4, gap: '' });
}

/** As Podman's lists print sizes: decimal, three digits, a space before the unit: `2.04 MB`. */
export function spacedSize(bytes: number): string {
  return customSize(bytes, { base: 1000, units: DECIMAL_UNITS, digits: 3, gap: ' ' });
}

/** `bytes` in decimal units with three digits and no space, as in `ps --size`: `5.12kB`. */
export function compactSize(bytes: number): string {
  return customSize(bytes, { base: 1000, units: DECIMAL_UNITS, digits: 3, gap: '' });
}

/** `bytes` in binary units with four digits, as go-units BytesSize: `1.5MiB`. */
export function binarySize(bytes: number): string {
  return customSize(bytes, { base: 1024, units: BINARY_UNITS, digits: 4, gap: '' });
}

interface SizeStyle {
  base: number;
  units: readonly string[];
  digits: number;
  gap: string;
}

function customSize(bytes: number, { base, units, digits, gap }: SizeStyle): string {
  let value = bytes;
  let unit = 0;
  while (value >= base && unit < units.length - 1) {
    value /= base;
    unit++;
  }
  return `${shortestDecimal(value, digits)}${gap}${units[unit]}`;
}

/** Go's `%.Ng`: at most `digits` significant digits, no zeros at the end. */
function shortestDecimal(value: number, digits: number): string {
  const text = value.toPrecision(digits);
  if (!text.includes('e')) return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  const [mantissa = '', exponent = ''] = text.split('e');
  const sign = exponent.startsWith('-') ? '-' : '+';
  const plain = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return `${plain}e${sign}${exponent.replace(/^[+-]/, '').padStart(2, '0')}`;
}
