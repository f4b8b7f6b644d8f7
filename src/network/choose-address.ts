import type { Subnet } from './bridge-types';
import {
  contains,
  formatAddress,
  lastOf,
  parseAddress,
  parseRange,
  type AddressRange,
} from './address-range';

/** Which addresses of a network are somebody's. */
export interface AddressUse {
  /** Whether a container has it, without prefix length. */
  isTaken(address: string): boolean;
  /** Whether it can be taken from the one that has it, which does not run. */
  isSpare(address: string): boolean;
}

/**
 * The first free address of a subnet, or of its range for leases, with the prefix length. When there is none, one of a container that does
 * not run; undefined when there is none of these, either.
 */
export function chooseAddress(subnet: Subnet, use: AddressUse): string | undefined {
  const range = parseRange(subnet.subnet);
  if (range === undefined) return undefined;
  return (
    firstOf(range, subnet, (address) => !use.isTaken(address)) ??
    firstOf(range, subnet, (address) => use.isSpare(address))
  );
}

/** An address as a container may ask for it, with the prefix length; undefined when it is in none of these subnets. */
export function addressIn(
  subnets: readonly Subnet[],
  text: string,
): { address: string; subnet: Subnet } | undefined {
  const address = parseAddress(text);
  for (const subnet of subnets) {
    const range = parseRange(subnet.subnet);
    if (address && range && contains(range, address))
      return { address: `${formatAddress(address)}/${range.bits}`, subnet };
  }
  return undefined;
}

/** Whether an address of a subnet can be a container's: not the first, the gateway's or that for broadcasts. */
export function isUsable({ subnet, gateway }: Subnet, text: string): boolean {
  const range = parseRange(subnet);
  const address = parseAddress(text);
  if (range === undefined || address === undefined) return false;
  const isBroadcast = range.family === 4 && address.value === lastOf(range);
  return address.value !== range.first && !isBroadcast && formatAddress(address) !== gateway;
}

/** A range of IPv6 has more addresses than anybody can try: so many are. */
const MOST = 1n << 20n;

function firstOf(
  range: AddressRange,
  subnet: Subnet,
  isWanted: (address: string) => boolean,
): string | undefined {
  const { start, end } = subnet.leaseRange ?? {};
  const { family } = range;
  const first = (start && parseAddress(start)?.value) || range.first + 1n;
  const last = (end && parseAddress(end)?.value) || lastOf(range);
  const limit = last - first > MOST ? first + MOST : last;
  for (let value = first; value <= limit; value++) {
    const address = formatAddress({ family, value });
    if (isUsable(subnet, address) && isWanted(address)) return `${address}/${range.bits}`;
  }
  return undefined;
}
