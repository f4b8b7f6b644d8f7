import type { Isolation, NetworkSettings, Subnet } from '../bridge-types';
import type { NetworkRecord, RecordedSubnet } from './network-record';

/** As netavark's. */
const ROUTE_METRIC = 100;

/** What netd has to know of a network, out of its record. */
export function networkSettings(record: NetworkRecord): NetworkSettings {
  const { options = {} } = record;
  const { mtu, vlan, metric, no_default_route: noDefaultRoute } = options;
  return {
    name: record.name,
    id: record.id,
    // netavark's files may lack it
    bridge: record.network_interface ?? `br-${record.id.slice(0, 12)}`,
    subnets: (record.subnets ?? []).map(settingsOfSubnet),
    internal: record.internal,
    isolate: isolationOf(options['isolate']),
    dns: record.dns_enabled,
    dnsServers: record.network_dns_servers ?? [],
    ...(mtu && mtu !== '0' ? { mtu: Number(mtu) } : {}),
    ...(vlan && vlan !== '0' ? { vlan: Number(vlan) } : {}),
    ...(metric ? { metric: Number(metric) } : {}),
    ...(noDefaultRoute === 'true' ? { noDefaultRoute: true } : {}),
    routes: (record.routes ?? []).map((route) => ({ ...route, metric: route.metric ?? ROUTE_METRIC })),
  };
}

function settingsOfSubnet({ subnet, gateway, lease_range: lease }: RecordedSubnet): Subnet {
  const range = {
    ...(lease?.start_ip ? { start: lease.start_ip } : {}),
    ...(lease?.end_ip ? { end: lease.end_ip } : {}),
  };
  return { subnet, ...(gateway ? { gateway } : {}), ...(lease ? { leaseRange: range } : {}) };
}

/** Networks are apart from each other unless they are told otherwise. */
function isolationOf(option: string | undefined): Isolation {
  if (option === 'strict') return 'strict';
  return option === 'false' ? 'none' : 'isolate';
}
