import { TspodError } from '../../lib/errors';
import {
  contains,
  formatAddress,
  formatRange,
  lastOf,
  overlaps,
  parseAddress,
  parseRange,
  width,
  type Address,
  type AddressRange,
} from '../address-range';
import type { RecordedSubnet } from './network-record';
import type { NetworkRequest } from './network-request';

/** Ranges that no network can have, and what they are. */
const SPECIAL: readonly [string, string][] = [
  ['0.0.0.0/8', 'unspecified addresses'],
  ['127.0.0.0/8', 'the loopback'],
  ['224.0.0.0/3', 'multicast and reserved addresses'],
  ['::/127', 'the loopback'],
  ['fe80::/10', 'link-local addresses'],
  ['ff00::/8', 'multicast addresses'],
];

/** The subnets that were asked for, with gateways and ranges. Throws 'usage' for whatever does not fit together. */
export function parseSubnets(request: NetworkRequest, withGateway: boolean): RecordedSubnet[] {
  const { subnets, gateways, ranges } = request;
  if (subnets.length === 0 && gateways.length + ranges.length > 0)
    throw usage('cannot set gateway or range without subnet');
  if (gateways.length > subnets.length) throw usage('cannot set more gateways than subnets');
  if (ranges.length > subnets.length) throw usage('cannot set more ranges than subnets');
  const parsed = subnets.map(parseSubnet);
  checkApart(parsed);
  return parsed.map((range, index) => {
    const gateway = gatewayOf(range, gateways[index], withGateway);
    const lease = ranges[index] === undefined ? undefined : parseLeaseRange(range, ranges[index]);
    return {
      subnet: formatRange(range),
      ...(gateway === undefined ? {} : { gateway }),
      ...(lease === undefined ? {} : { lease_range: lease }),
    };
  });
}

/** Parses one subnet. Throws 'usage' for one that is malformed, special, or without room for a gateway and a container. */
export function parseSubnet(text: string): AddressRange {
  const range = parseRange(text);
  if (range === undefined)
    throw usage(`invalid CIDR address: ${text}`, 'write ADDRESS/BITS: 10.89.5.0/24 or fd00:5::/64');
  const special = SPECIAL.find(([each]) => {
    const other = parseRange(each);
    return other !== undefined && overlaps(other, range);
  });
  if (special) throw usage(`subnet ${text} has ${special[1]} in it (${special[0]})`);
  if (width(range.family) - range.bits >= 2) return range;
  throw usage(`subnet ${text} is too small: it has no room for a gateway and a container`);
}

/** The address behind the first: the first container's may be that of nobody else. */
export function firstAddress({ family, first }: AddressRange): string {
  return formatAddress({ family, value: first + 1n });
}

/** Whether an address of a subnet may be somebody's own: not the first, nor that for broadcasts. */
export function isHost(range: AddressRange, { value }: Address): boolean {
  return value !== range.first && (range.family === 6 || value !== lastOf(range));
}

function checkApart(ranges: readonly AddressRange[]): void {
  ranges.forEach((range, index) => {
    const other = ranges.slice(0, index).find((each) => overlaps(each, range));
    if (other) throw usage(`the subnets ${formatRange(other)} and ${formatRange(range)} overlap`);
  });
}

function gatewayOf(range: AddressRange, text: string | undefined, wanted: boolean): string | undefined {
  if (text === undefined || text === '') return wanted ? firstAddress(range) : undefined;
  const address = parseAddress(text);
  if (address === undefined) throw usage(`invalid gateway "${text}": it is not an IP address`);
  if (!contains(range, address)) throw usage(`gateway ${text} not in subnet ${formatRange(range)}`);
  if (isHost(range, address)) return formatAddress(address);
  throw usage(`gateway ${text} is the network or broadcast address of subnet ${formatRange(range)}`);
}

/** `--ip-range`: all addresses of a network within the subnet, or two addresses and what is between. */
function parseLeaseRange(subnet: AddressRange, text: string): { start_ip: string; end_ip: string } {
  const [start, end] = text.includes('-') ? addressPair(text) : networkEnds(text);
  for (const [what, address] of [
    ['start', start],
    ['end', end],
  ] as const) {
    if (!contains(subnet, address))
      throw usage(`lease range ${what} ip ${formatAddress(address)} not in subnet ${formatRange(subnet)}`);
  }
  if (start.value > end.value)
    throw usage(`invalid range "${text}": it ends before it begins`, 'write the lower address first');
  return { start_ip: formatAddress(start), end_ip: formatAddress(end) };
}

function addressPair(text: string): [Address, Address] {
  const [start, end, ...rest] = text.split('-').map((part) => parseAddress(part));
  if (start && end && rest.length === 0) return [start, end];
  throw usage(`invalid range "${text}"`, 'write ADDRESS/BITS or FIRST-LAST');
}

function networkEnds(text: string): [Address, Address] {
  const range = parseRange(text);
  if (range === undefined) throw usage(`invalid CIDR address: ${text}`, 'write ADDRESS/BITS or FIRST-LAST');
  const { family, first } = range;
  const last = lastOf(range);
  return [
    { family, value: first === last ? first : first + 1n },
    { family, value: last },
  ];
}

function usage(message: string, hint?: string): TspodError {
  return new TspodError('usage', message, hint === undefined ? {} : { hint });
}
