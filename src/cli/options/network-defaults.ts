import type { ContainersConf } from '../../config/containers-conf-keys';
import type { EngineDefaults } from '../../lib/context';
import { formatRange } from '../../network/address-range';
import { isIPv4, isIPv6 } from '../../network/ip-address';
import { isNetworkName } from '../../network/record/network-record';
import { parseSubnet } from '../../network/record/parse-subnets';
import { parseSlirpOptions } from '../../network/slirp-options';
import { isExecutableFile } from '../../sys/programs';
import { fullPath, useValue } from './conf-value';
import { oneOf } from './one-of';

/** What containers.conf says of networks. Throws 'invalid', with file, line and key. */
export function networkDefaults(conf: ContainersConf): EngineDefaults {
  const defaults: EngineDefaults = {};
  addHelpers(defaults, conf);
  addNetworks(defaults, conf);
  useValue(conf, ['containers', 'host_containers_internal_ip'], (address) => {
    if (address !== '') defaults.hostAddress = address === 'none' ? '' : ipAddress(address);
  });
  useValue(conf, ['network', 'default_host_ips'], (addresses) => {
    if (addresses.length > 0) defaults.publishAt = addresses.map(ipAddress);
  });
  return defaults;
}

/** What connects containers with the world. */
function addHelpers(defaults: EngineDefaults, conf: ContainersConf): void {
  useValue(conf, ['engine', 'network_cmd_path'], (path) => {
    if (path === '') return;
    if (!path.startsWith('/') || !isExecutableFile(path)) throw new Error(`"${path}" is no program`);
    defaults.slirpPath = path;
  });
  useValue(conf, ['engine', 'network_cmd_options'], (options) => {
    parseSlirpOptions(options.join(','));
    defaults.slirpOptions = options;
  });
  useValue(conf, ['network', 'default_rootless_network_cmd'], (name) => {
    if (name !== '') defaults.networkHelper = oneOf(name, ['slirp4netns', 'pasta']);
  });
  useValue(conf, ['network', 'pasta_options'], (args) => {
    defaults.pastaOptions = args;
  });
}

function addNetworks(defaults: EngineDefaults, conf: ContainersConf): void {
  useValue(conf, ['network', 'default_network'], (name) => {
    if (name !== '') defaults.defaultNetwork = networkName(name);
  });
  useValue(conf, ['network', 'default_subnet'], (subnet) => {
    if (subnet !== '') defaults.defaultSubnet = formatRange(parseSubnet(subnet));
  });
  useValue(conf, ['network', 'default_subnet_pools'], (pools) => {
    if (pools.length > 0) defaults.subnetPools = pools.map(subnetPool);
  });
  useValue(conf, ['network', 'network_config_dir'], (folder) => {
    if (folder !== '') defaults.networksFolder = fullPath(folder);
  });
}

function subnetPool({ base, size }: { base: string; size: number }): { base: string; size: number } {
  const range = parseSubnet(base);
  if (range.family !== 4)
    throw new Error(`"${base}" is no network of IPv4: those of IPv6 are chosen at random`);
  if (size >= range.bits && size <= 30) return { base: formatRange(range), size };
  throw new Error(`${size} is not a number of bits between ${range.bits}, those of "${base}", and 30`);
}

function ipAddress(text: string): string {
  if (isIPv4(text) || isIPv6(text)) return text;
  throw new Error(`"${text}" is no IP address`);
}

function networkName(name: string): string {
  if (isNetworkName(name)) return name;
  throw new Error(`"${name}" is no name of a network: names match [a-zA-Z0-9][a-zA-Z0-9_.-]*`);
}
