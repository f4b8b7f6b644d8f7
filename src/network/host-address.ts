import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

/**
 * The host's own IPv4 address on the interface of its default route, else its first one that is not loopback;
 * undefined on a host without any.
 */
export function hostAddress(): string | undefined {
  const interfaces = networkInterfaces();
  const order = [defaultInterface(), ...Object.keys(interfaces)];
  for (const name of order) {
    const found = name && interfaces[name]?.find((entry) => entry.family === 'IPv4' && !entry.internal);
    if (found) return found.address;
  }
  return undefined;
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
