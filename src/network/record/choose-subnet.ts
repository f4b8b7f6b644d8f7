import type { EngineDefaults } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { randomHex } from '../../lib/id';
import { formatRange, overlaps, parseRange, type AddressRange } from '../address-range';

/** A network to divide, and the bits of a part. */
type Pool = NonNullable<EngineDefaults['subnetPools']>[number];

/** Where networks without --subnet come from, as with Podman. */
export const POOLS: readonly Pool[] = [
  '10.89.0.0/16',
  '10.90.0.0/15',
  '10.92.0.0/14',
  '10.96.0.0/11',
  '10.128.0.0/9',
].map((base) => ({ base, size: 24 }));

/** The first part of the pools of which nothing is used. Throws 'in-use' when there is none left. */
export function freeIPv4Subnet(used: readonly AddressRange[], pools: readonly Pool[] = POOLS): string {
  for (const { base, size: bits } of pools) {
    const range = parseRange(base);
    if (range === undefined) continue;
    const count = 1n << BigInt(bits - range.bits);
    for (let index = 0n; index < count; index++) {
      const subnet: AddressRange = { family: 4, first: range.first + (index << BigInt(32 - bits)), bits };
      if (!used.some((other) => overlaps(other, subnet))) return formatRange(subnet);
    }
  }
  throw new TspodError('in-use', 'could not find free subnet from subnet pools', {
    hint: 'name one with --subnet, or remove networks: tspod network prune',
  });
}

/** A random unique local network of 64 bits (RFC 4193) of which nothing is used. */
export function freeIPv6Subnet(used: readonly AddressRange[]): string {
  for (;;) {
    const digits = `fd${randomHex(7)}`;
    const subnet = parseRange(`${digits.match(/.{4}/g)?.join(':')}::/64`);
    if (subnet && !used.some((other) => overlaps(other, subnet))) return formatRange(subnet);
  }
}
