import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { randomId } from '../../lib/id';
import { formatRfc3339, nowNs } from '../../lib/time';
import { recordEvent } from '../../store/events/record-event';
import { openStore } from '../../store/open-store';
import { overlaps, parseAddress, parseRange, type AddressRange } from '../address-range';
import { isIPv6 } from '../ip-address';
import { networkHelper } from '../network-plan';
import { freeIPv4Subnet, freeIPv6Subnet } from './choose-subnet';
import { parseDriverOptions } from './driver-options';
import { hostRoutes } from './host-routes';
import { chooseInterface } from './interface-name';
import { checkDriver, checkIpamDriver, checkNewName } from './check-request';
import {
  isNetworkName,
  listNetworks,
  loadNetwork,
  type NetworkRecord,
  type RecordedSubnet,
} from './network-record';
import type { NetworkRequest } from './network-request';
import { parseRoutes } from './parse-routes';
import { firstAddress, parseSubnets } from './parse-subnets';
import { withNetworksLock, writeNetwork } from './write-network';

/**
 * Makes a network: its record is there whole, or not at all; of two at once each gets addresses and a bridge of its own. Throws 'exists' for
 * a name in use, 'in-use' for addresses that are, 'usage' for what does not fit together.
 */
export function createNetwork(ctx: Context, request: NetworkRequest): NetworkRecord {
  checkRequest(request);
  openStore(ctx);
  return withNetworksLock(ctx, () => {
    if (request.name !== undefined && loadNetwork(ctx, request.name))
      throw new TspodError('exists', `network name ${request.name} already used: network already exists`, {
        hint: `see "tspod network inspect ${request.name}", or add --ignore`,
      });
    const record = makeRecord(ctx, request, listNetworks(ctx));
    writeNetwork(ctx, record);
    recordEvent(ctx, {
      type: 'network',
      status: 'create',
      id: record.id,
      network: record.name,
      attributes: { driver: record.driver },
    });
    return record;
  });
}

function checkRequest(request: NetworkRequest): void {
  checkNewName(request.name);
  checkDriver(request.driver);
  checkIpamDriver(request);
  if (request.disableDns && request.dns.length > 0)
    throw new TspodError(
      'usage',
      'cannot set NetworkDNSServers if DNS is not enabled for the network: invalid argument',
    );
  const wrong = request.dns.find((server) => parseAddress(server) === undefined);
  if (wrong !== undefined)
    throw new TspodError(
      'usage',
      `unable to parse ip ${wrong} specified in NetworkDNSServers: invalid argument`,
    );
}

function makeRecord(ctx: Context, request: NetworkRequest, others: readonly NetworkRecord[]): NetworkRecord {
  const { options, interfaceName } = parseDriverOptions(request.options);
  const bridge = chooseInterface(request.interfaceName ?? interfaceName, request.name, others);
  const isPlain = request.ipamDriver === 'none';
  const dns = !request.disableDns && !isPlain;
  // the resolver answers at the gateway's address
  const subnets = isPlain
    ? []
    : chooseSubnets(ctx, request, { others, withGateway: dns || !request.internal });
  const name = request.name ?? bridge;
  const routes = parseRoutes(request.routes);
  return {
    name: isNetworkName(name) ? name : bridge,
    id: randomId(),
    driver: request.driver,
    network_interface: bridge,
    created: formatRfc3339(nowNs()),
    ...(isPlain ? {} : { subnets }),
    ...(routes.length > 0 ? { routes } : {}),
    ipv6_enabled: request.ipv6 || subnets.some(({ subnet }) => isIPv6(subnet.replace(/\/.*/, ''))),
    internal: request.internal,
    dns_enabled: dns,
    ...(request.dns.length > 0 ? { network_dns_servers: [...request.dns] } : {}),
    ...(Object.keys(request.labels).length > 0 ? { labels: request.labels } : {}),
    ...(Object.keys(options).length > 0 ? { options } : {}),
    ipam_options: { driver: isPlain ? 'none' : 'host-local' },
  };
}

function chooseSubnets(
  ctx: Context,
  request: NetworkRequest,
  { others, withGateway }: { others: readonly NetworkRecord[]; withGateway: boolean },
): RecordedSubnet[] {
  const used = usedRanges(ctx, others);
  const subnets = parseSubnets(request, withGateway);
  for (const { subnet } of subnets) checkUnused(subnet, used);
  const has = (family: 4 | 6): boolean => subnets.some(({ subnet }) => parseRange(subnet)?.family === family);
  const add = (subnet: string): void => {
    const range = parseRange(subnet);
    const gateway = withGateway && range ? { gateway: firstAddress(range) } : {};
    subnets.push({ subnet, ...gateway });
  };
  const ranges = used.map(({ range }) => range);
  if (!has(4) && !has(6)) add(freeIPv4Subnet(ranges, ctx.defaults?.subnetPools));
  if (request.ipv6 && !has(4)) add(freeIPv4Subnet(ranges, ctx.defaults?.subnetPools));
  if (request.ipv6 && !has(6)) add(freeIPv6Subnet(ranges));
  return subnets;
}

interface UsedRange {
  range: AddressRange;
  /** Who uses it. */
  by: string;
}

function usedRanges(ctx: Context, networks: readonly NetworkRecord[]): UsedRange[] {
  const ofNetworks = networks.flatMap(({ name, subnets }) =>
    (subnets ?? []).flatMap(({ subnet }) => toUsed(parseRange(subnet), `network "${name}"`)),
  );
  const routes = hostRoutes().map((range) => ({ range, by: 'a route of this host' }));
  return [...ofNetworks, ...routes, ...helperRange(ctx)];
}

/** slirp4netns has addresses of its own in the namespace in which the bridges are. */
function helperRange(ctx: Context): UsedRange[] {
  try {
    const helper = networkHelper(ctx, { kind: 'private' });
    if (helper?.name !== 'slirp4netns') return [];
    return toUsed(parseRange(helper.options['cidr'] ?? '10.0.2.0/24'), 'slirp4netns');
  } catch {
    return [];
  }
}

function toUsed(range: AddressRange | undefined, by: string): UsedRange[] {
  return range === undefined ? [] : [{ range, by }];
}

function checkUnused(subnet: string, used: readonly UsedRange[]): void {
  const range = parseRange(subnet);
  const other = range && used.find((each) => overlaps(each.range, range));
  if (other === undefined) return;
  throw new TspodError(
    'in-use',
    `subnet ${subnet} is already used on the host or by another config: by ${other.by}`,
    {
      hint: 'leave --subnet out to get a free one',
    },
  );
}
