import type { NetworkOptions, PortMapping } from './types';

/** The container's address where no other network was asked for (slirp4netns(1)). */
const SLIRP_ADDRESS = '10.0.2.100';

const DEFAULT_MTU = '65520';

/** The command line of slirp4netns(1), as Podman calls it; placeholders as in native/protocol.h. */
export function slirpArguments(
  { program, options }: { program: string; options: NetworkOptions },
  hasPorts: boolean,
): string[] {
  const argv = [program, '--configure', `--mtu=${options['mtu'] ?? DEFAULT_MTU}`];
  if (options['allow_host_loopback'] !== 'true') argv.push('--disable-host-loopback');
  argv.push('--enable-sandbox', '--enable-seccomp');
  if (options['enable_ipv6'] !== 'false') argv.push('--enable-ipv6');
  if (options['cidr'] !== undefined) argv.push(`--cidr=${options['cidr']}`);
  if (options['outbound_addr'] !== undefined) argv.push(`--outbound-addr=${options['outbound_addr']}`);
  if (options['outbound_addr6'] !== undefined) argv.push(`--outbound-addr6=${options['outbound_addr6']}`);
  if (hasPorts) argv.push('--api-socket', '{api}');
  return [...argv, '--exit-fd={exit}', '--ready-fd={ready}', '--netns-type=path', '{netns}', 'tap0'];
}

/** One request of slirp4netns's API (add_hostfwd) for each published port. */
export function slirpRequests(
  ports: readonly PortMapping[],
  cidr: string | undefined,
): { bytes: string; what: string }[] {
  const guest = slirpAddress(cidr);
  return ports.flatMap((port) =>
    Array.from({ length: port.range }, (_, index) => {
      const hostPort = port.hostPort + index;
      const request = {
        execute: 'add_hostfwd',
        arguments: {
          proto: port.protocol,
          host_addr: port.hostIp || '0.0.0.0',
          host_port: hostPort,
          guest_addr: guest,
          guest_port: port.containerPort + index,
        },
      };
      const what = `publishing ${port.hostIp || '0.0.0.0'}:${hostPort}/${port.protocol}: slirp4netns cannot listen there`;
      return { bytes: JSON.stringify(request), what };
    }),
  );
}

/** The container's address in an IPv4 network `a.b.c.d/n`: its first address plus 100. */
export function slirpAddress(cidr: string | undefined): string {
  const match = cidr === undefined ? null : /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (!match) return SLIRP_ADDRESS;
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = match.slice(1).map(Number);
  const mask = bits === 0 ? 0 : (~0 << (32 - bits)) >>> 0;
  const address = ((((a << 24) | (b << 16) | (c << 8) | d) & mask) >>> 0) + 100;
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
}
