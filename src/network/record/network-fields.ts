import { goMap } from '../../lib/go-template/values';
import { goTime, parseTime } from '../../lib/time';
import type { NetworkRecord, RecordedRoute, RecordedSubnet } from './network-record';

/** Everything that a template may ask of a network, by Podman's names; as JSON it is the record with netavark's keys. */
export function networkFields(network: NetworkRecord): Record<string, unknown> {
  const fields = {
    Name: network.name,
    ID: network.id,
    Driver: network.driver,
    NetworkInterface: network.network_interface ?? '',
    Created: goTime(parseTime(network.created) ?? 0n),
    Subnets: (network.subnets ?? []).map(subnetFields),
    Routes: (network.routes ?? []).map(routeFields),
    IPv6Enabled: network.ipv6_enabled,
    Internal: network.internal,
    DNSEnabled: network.dns_enabled,
    NetworkDNSServers: network.network_dns_servers ?? [],
    Labels: goMap(network.labels ?? {}),
    Options: goMap(network.options ?? {}),
    IPAMOptions: goMap(network.ipam_options ?? {}),
  };
  return asJson(fields, network);
}

/** The labels as `network ls` shows them. */
export function labelsText({ labels = {} }: NetworkRecord): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function subnetFields(recorded: RecordedSubnet): object {
  const { subnet, gateway, lease_range: lease } = recorded;
  const range = lease && asJson({ StartIP: lease.start_ip ?? '', EndIP: lease.end_ip ?? '' }, lease);
  return asJson({ Subnet: subnet, Gateway: gateway ?? '', LeaseRange: range ?? null }, recorded);
}

function routeFields(recorded: RecordedRoute): object {
  const { destination, gateway, metric } = recorded;
  return asJson({ Destination: destination, Gateway: gateway, Metric: metric ?? null }, recorded);
}

/** `fields` for templates, `json` for JSON. */
export function asJson<T extends object>(fields: T, json: object): T {
  return Object.defineProperty(fields, 'toJSON', { value: () => json });
}
