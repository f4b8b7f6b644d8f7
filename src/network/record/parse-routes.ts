import { TspodError } from '../../lib/errors';
import { formatAddress, formatRange, parseAddress, parseRange } from '../address-range';
import type { RecordedRoute } from './network-record';

/** Parses `--route DESTINATION,GATEWAY[,METRIC]`. Throws 'usage' in Podman's words. */
export function parseRoutes(texts: readonly string[]): RecordedRoute[] {
  return texts.map(parseRoute);
}

function parseRoute(text: string): RecordedRoute {
  const parts = text.split(',');
  const [destination = '', via = '', metric] = parts;
  if (parts.length < 2 || parts.length > 3)
    throw new TspodError('usage', `invalid route: ${text}`, {
      hint: 'write --route DESTINATION/BITS,GATEWAY or --route DESTINATION/BITS,GATEWAY,METRIC',
    });
  const range = parseRange(destination);
  if (range === undefined) throw usage(`invalid route destination ${destination}`);
  // netavark takes the address of a network only
  if (formatAddress({ family: range.family, value: range.first }) !== cleanAddress(destination))
    throw usage(`route destination invalid: ${destination} is not the address of a network`);
  const gateway = parseAddress(via);
  if (gateway === undefined) throw usage(`invalid route gateway ${via}`);
  if (gateway.family !== range.family)
    throw usage(`invalid route: ${destination} and ${via} are of different families`);
  if (metric !== undefined && !(/^\d{1,10}$/.test(metric) && Number(metric) < 2 ** 32))
    throw usage(`invalid route metric ${metric}`);
  return {
    destination: formatRange(range),
    gateway: formatAddress(gateway),
    ...(metric === undefined ? {} : { metric: Number(metric) }),
  };
}

function cleanAddress(destination: string): string | undefined {
  const address = parseAddress(destination.slice(0, destination.indexOf('/')));
  return address && formatAddress(address);
}

function usage(message: string): TspodError {
  return new TspodError('usage', message);
}
