import { readFileSync } from 'node:fs';
import { interfaceAddress } from '../sys/interface-address';

/**
 * The host's own IPv4 address on the interface of its default route, else its first one that is not loopback;
 * undefined on a host without any.
 */
export function hostAddress(): string | undefined {
  const name = defaultInterface();
  return (name && interfaceAddress(name)) ?? firstAddress();
}

/** The interface of the route to 0.0.0.0 in /proc/net/route. */
function defaultInterface(): string | undefined {
  try {
    const routes = readFileSync('/proc/net/route', 'utf8').split('\n').slice(1);
    return routes.map((line) => line.split('\t')).find(([, destination]) => destination === '00000000')?.[0];
  } catch {
    return undefined;
  }
}

/** Node's module is loaded only where there is no default route: it costs a start a millisecond. */
function firstAddress(): string | undefined {
  const interfaces = process.getBuiltinModule('node:os').networkInterfaces();
  const addresses = Object.values(interfaces).flatMap((entries) => entries ?? []);
  return addresses.find((entry) => entry.family === 'IPv4' && !entry.internal)?.address;
}
