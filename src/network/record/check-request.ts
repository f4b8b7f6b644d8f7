import { TspodError } from '../../lib/errors';
import { isNetworkName } from './network-record';
import type { NetworkRequest } from './network-request';

/** Words that --network takes for something else. */
const MODES = ['bridge', 'container', 'default', 'host', 'none', 'ns', 'pasta', 'private', 'slirp4netns'];

const REFUSED_DRIVERS: Readonly<Record<string, string>> = {
  macvlan: 'it needs an interface of the host, which a user cannot give away',
  ipvlan: 'it needs an interface of the host, which a user cannot give away',
};

/** Throws 'usage' for a name that no network can have. */
export function checkNewName(name: string | undefined): void {
  if (name === undefined) return;
  if (MODES.includes(name))
    throw new TspodError(
      'usage',
      `cannot create network with name "${name}" because it conflicts with a valid network mode`,
    );
  if (isNetworkName(name) && name.length <= 200) return;
  throw new TspodError(
    'usage',
    `network name ${name.slice(0, 220)} invalid: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument`,
    name.length > 200 ? { hint: 'it is longer than 200 characters' } : {},
  );
}

/** Throws 'unsupported' with the reason for drivers of Podman that are not built, 'usage' for others. */
export function checkDriver(driver: string): void {
  if (driver === 'bridge') return;
  const reason = Object.hasOwn(REFUSED_DRIVERS, driver) ? REFUSED_DRIVERS[driver] : undefined;
  if (reason === undefined)
    throw new TspodError('usage', `failed to find driver or plugin "${driver}"`, {
      hint: 'the driver is bridge',
    });
  throw new TspodError('unsupported', `the network driver ${driver} is not supported: ${reason}`, {
    hint: 'use the driver bridge, or --network host to be on the network of the host',
  });
}

/** Throws 'usage' or 'unsupported'. */
export function checkIpamDriver({ ipamDriver, subnets }: NetworkRequest): void {
  if (ipamDriver === 'none' && subnets.length > 0)
    throw new TspodError('usage', 'none ipam driver is set but subnets are given');
  if (ipamDriver === 'dhcp')
    throw new TspodError(
      'unsupported',
      "the ipam driver dhcp is not supported: on a bridge of a user's is nobody who would answer",
      { hint: 'use host-local' },
    );
  if (ipamDriver === undefined || ['', 'host-local', 'none'].includes(ipamDriver)) return;
  throw new TspodError('usage', `unsupported ipam driver "${ipamDriver}"`, {
    hint: 'use host-local or none',
  });
}
