import { randomHex } from '../lib/id';
import { parseAddress } from './address-range';

/**
 * A MAC address for a container: out of its IPv4 address, so that neighbours who remember the address find its next holder, too; without one
 * a random address. Locally administered.
 */
export function macAddress(addresses: readonly string[], networkId: string): string {
  const own = addresses.map((text) => parseAddress(text.replace(/\/.*/, '')));
  const four = own.find((address) => address?.family === 4);
  const digits =
    four === undefined ? randomHex(5) : networkId.slice(0, 2) + four.value.toString(16).padStart(8, '0');
  return `6e${digits}`.match(/../g)?.join(':') ?? '';
}
