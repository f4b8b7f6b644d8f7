import { readFileSync } from 'node:fs';
import { parseRange, type AddressRange } from '../address-range';

/** The networks that this host reaches by routes of its own, without default routes. */
export function hostRoutes(): AddressRange[] {
  return [...parseIPv4Routes(read('/proc/net/route')), ...parseIPv6Routes(read('/proc/net/ipv6_route'))];
}

/** Reads the text of /proc/net/route: destination and mask are hexadecimal in the byte order of the machine. */
export function parseIPv4Routes(text: string): AddressRange[] {
  const lines = text.split('\n').slice(1);
  return lines.flatMap((line) => {
    const [, destination = '', , , , , , mask = ''] = line.split('\t');
    const bits = (
      BigInt(`0x${mask || 0}`)
        .toString(2)
        .match(/1/g) ?? []
    ).length;
    const bytes = destination.match(/../g)?.reverse() ?? [];
    return bits === 0 ? [] : rangeOf(`${bytes.map((byte) => parseInt(byte, 16)).join('.')}/${bits}`);
  });
}

/** Reads the text of /proc/net/ipv6_route; link-local and multicast ranges are everywhere and count for nothing. */
export function parseIPv6Routes(text: string): AddressRange[] {
  return text.split('\n').flatMap((line) => {
    const [destination = '', bits = ''] = line.split(' ');
    if (destination === '' || bits === '00' || /^f[ef]/.test(destination)) return [];
    return rangeOf(`${destination.match(/.{4}/g)?.join(':')}/${parseInt(bits, 16)}`);
  });
}

function rangeOf(text: string): AddressRange[] {
  const range = parseRange(text);
  return range === undefined ? [] : [range];
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
