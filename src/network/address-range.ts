import { isIPv4, isIPv6 } from './ip-address';

/** An IP address as a number. */
export interface Address {
  family: 4 | 6;
  value: bigint;
}

/** The addresses that begin with the same bits. */
export interface AddressRange {
  family: 4 | 6;
  first: bigint;
  /** Length of the prefix. */
  bits: number;
}

/** Parses an address without zone; undefined when it is none. An IPv4 address in IPv6 form stays IPv6. */
export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { family: 4, value: fromIPv4(text) };
  if (!isIPv6(text) || text.includes('%')) return undefined;
  return { family: 6, value: fromIPv6(text) };
}

/** Parses `ADDRESS/BITS`; bits behind the prefix are dropped. Undefined when it is malformed. */
export function parseRange(text: string): AddressRange | undefined {
  const [head = '', tail = '', ...rest] = text.split('/');
  const address = parseAddress(head);
  if (address === undefined || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(tail)) return undefined;
  const bits = Number(tail);
  return bits > width(address.family) ? undefined : rangeAround(address, bits);
}

/** The range of `bits` that an address lies in. */
function rangeAround({ family, value }: Address, bits: number): AddressRange {
  const rest = BigInt(width(family) - bits);
  return { family, first: (value >> rest) << rest, bits };
}

/** Bits of an address of this family. */
export function width(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

/** The last address of a range: for IPv4 the one for broadcasts. */
export function lastOf({ family, first, bits }: AddressRange): bigint {
  return first + (1n << BigInt(width(family) - bits)) - 1n;
}

/** Whether an address lies in a range. */
export function contains(range: AddressRange, { family, value }: Address): boolean {
  return family === range.family && value >= range.first && value <= lastOf(range);
}

/** Whether two ranges have an address in common. */
export function overlaps(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family && a.first <= lastOf(b) && b.first <= lastOf(a);
}

/** An address in its shortest form (RFC 5952). */
export function formatAddress({ family, value }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const words = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  return shorten(words);
}

/** `ADDRESS/BITS`. */
export function formatRange({ family, first, bits }: AddressRange): string {
  return `${formatAddress({ family, value: first })}/${bits}`;
}

function fromIPv4(text: string): bigint {
  return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function fromIPv6(text: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const tail = dotted === null ? 0n : fromIPv4(dotted[2] ?? '');
  const plain =
    dotted === null ? text : `${dotted[1]}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
  const [head = [], end] = plain.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const words =
    end === undefined ? head : [...head, ...Array<string>(8 - head.length - end.length).fill('0'), ...end];
  return words.reduce((sum, word) => (sum << 16n) | BigInt(`0x${word}`), 0n);
}

/** The longest run of zeros, if there are two at least, becomes `::`. */
function shorten(words: readonly string[]): string {
  let best = { start: 0, length: 1 };
  for (let start = 0; start < words.length; start++) {
    let length = 0;
    while (words[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return words.join(':');
  return `${words.slice(0, best.start).join(':')}::${words.slice(best.start + best.length).join(':')}`;
}
