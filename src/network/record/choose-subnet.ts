import { TspodError } from '../../lib/errors';
import { randomHex } from '../../lib/id';
import { formatRange, overlaps, parseRange, type AddressRange } from '../address-range';

/** Where networks without --subnet come from, as with Podman: networks of 24 bits. */
const POOLS = ['10.89.0.0/16', '10.90.0.0/15', '10.92.0.0/14', '10.96.0.0/11', '10.128.0.0/9'];

/** The first network of 24 bits in the pools of which nothing is used. Throws 'in-use' when there is none left. */
export function freeIPv4Subnet(used: readonly AddressRange[]): string {
  for (const pool of POOLS) {
    const range = parseRange(pool);
    if (range === undefined) continue;
    const count = 1n << BigInt(24 - range.bits);
    for (let index = 0n; index < count; index++) {
      const subnet: AddressRange = { family: 4, first: range.first + (index << 8n), bits: 24 };
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
