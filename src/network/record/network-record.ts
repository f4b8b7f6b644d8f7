import { readdirSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { readJsonFile } from '../../sys/file-io';
import { defaultNetwork, defaultNetworkName } from './default-network';

/** A range of addresses, as netavark writes it. */
export interface RecordedSubnet {
  subnet: string;
  gateway?: string;
  lease_range?: { start_ip?: string; end_ip?: string };
}

/** A route of all containers of a network, as netavark writes it. */
export interface RecordedRoute {
  destination: string;
  gateway: string;
  metric?: number;
}

/** `networks/NAME.json`, in the format of netavark. */
export interface NetworkRecord {
  name: string;
  /** 64 hexadecimal digits. */
  id: string;
  driver: string;
  network_interface?: string;
  /** RFC 3339. */
  created: string;
  subnets?: RecordedSubnet[];
  routes?: RecordedRoute[];
  ipv6_enabled: boolean;
  internal: boolean;
  dns_enabled: boolean;
  network_dns_servers?: string[];
  labels?: Record<string, string>;
  options?: Record<string, string>;
  ipam_options?: Record<string, string>;
}

/** Where the records of networks are. */
export function networksFolder(ctx: Context): string {
  return ctx.defaults?.networksFolder ?? `${ctx.paths.root}/networks`;
}

/** The file of the network with this name. */
export function networkPath(ctx: Context, name: string): string {
  return `${networksFolder(ctx)}/${name}.json`;
}

/** Whether `text` may be the name of a network. */
export function isNetworkName(text: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(text);
}

/** The network with this very name, or undefined; the default one needs no file. Throws 'invalid' for one that is broken. */
export function loadNetwork(ctx: Context, name: string): NetworkRecord | undefined {
  if (!isNetworkName(name)) return undefined;
  const path = networkPath(ctx, name);
  const found = readJsonFile(path);
  if (found !== undefined) return checkRecord(path, found);
  return name === defaultNetworkName(ctx) ? defaultNetwork(ctx) : undefined;
}

/** All networks, sorted by name. */
export function listNetworks(ctx: Context): NetworkRecord[] {
  const names = new Set([...networkNames(ctx), defaultNetworkName(ctx)]);
  return [...names].sort().flatMap((name) => loadNetwork(ctx, name) ?? []);
}

/** The network with this name, this id or a unique beginning of its id. Throws 'not-found' in Podman's words. */
export function findNetwork(ctx: Context, text: string): NetworkRecord {
  const exact = loadNetwork(ctx, text);
  if (exact) return exact;
  const matches = /^[0-9a-f]+$/.test(text) ? listNetworks(ctx).filter(({ id }) => id.startsWith(text)) : [];
  if (matches.length > 1)
    throw new TspodError('usage', `more than one result for network ID ${text}`, {
      hint: 'type more characters of the id, or the name',
    });
  if (matches[0]) return matches[0];
  throw new TspodError('not-found', `unable to find network with name or ID ${text}: network not found`, {
    hint: 'see "tspod network ls", or make it: tspod network create',
  });
}

function networkNames(ctx: Context): string[] {
  try {
    return readdirSync(networksFolder(ctx)).flatMap((file) =>
      file.endsWith('.json') && isNetworkName(file) ? [file.slice(0, -'.json'.length)] : [],
    );
  } catch {
    return [];
  }
}

/** What other programs wrote may be anything. */
function checkRecord(path: string, found: unknown): NetworkRecord {
  const record = found as Partial<NetworkRecord>;
  const isWhole =
    typeof found === 'object' &&
    found !== null &&
    typeof record.name === 'string' &&
    typeof record.id === 'string' &&
    Array.isArray(record.subnets ?? []);
  if (isWhole) return withDefaults(record as Partial<NetworkRecord> & { name: string; id: string });
  throw new TspodError('invalid', `reading "${path}": it is not the record of a network`, {
    hint: `remove the file: rm ${path}`,
  });
}

/** With the keys in their order. */
function withDefaults(record: Partial<NetworkRecord> & { name: string; id: string }): NetworkRecord {
  return {
    ...record,
    driver: record.driver ?? 'bridge',
    created: record.created ?? '0001-01-01T00:00:00Z',
    ipv6_enabled: record.ipv6_enabled ?? false,
    internal: record.internal ?? false,
    dns_enabled: record.dns_enabled ?? false,
  };
}
