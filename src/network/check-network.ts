import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { networkHelper } from './network-plan';
import type { NetworkMode, PortMapping } from './types';

/**
 * Checks before a container is made that its network can be. Throws 'machine' when no network helper is installed,
 * 'unsupported' for an address on which slirp4netns does not listen.
 */
export function checkNetwork(ctx: Context, mode: NetworkMode, ports: readonly PortMapping[]): void {
  const helper = networkHelper(ctx, mode);
  if (helper?.name === 'pasta' && ctx.uid === 0) {
    // pasta gives up root, and then may not enter a network namespace of root's
    throw new TspodError('unsupported', 'pasta carries the networks of users only, not of root', {
      hint: 'use --network slirp4netns or --network host, or run tspod as a user',
    });
  }
  if (helper?.name !== 'slirp4netns') return;
  if (helper.options['port_handler'] === 'rootlessport' && ports.length > 0) {
    ctx.log('warn', 'port_handler=rootlessport is not built: slirp4netns itself forwards the ports');
  }
  // its API takes tcp and udp over IPv4 only, in all versions up to 1.2.1
  const refused = ports.find(({ hostIp }) => hostIp.includes(':'));
  if (refused === undefined) return;
  throw new TspodError('unsupported', `slirp4netns cannot publish on the IPv6 address "${refused.hostIp}"`, {
    hint: 'use --network pasta, or publish on an IPv4 address',
  });
}
