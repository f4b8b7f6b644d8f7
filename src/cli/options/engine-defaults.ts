import type { ContainersConf } from '../../config/containers-conf-keys';
import { parseDetachKeys } from '../../container/detach-keys';
import type { EngineDefaults } from '../../lib/context';
import type { EventDefaults } from '../../lib/engine-event';
import { TspodError } from '../../lib/errors';
import { parseSize } from '../../lib/size';
import { formatRange } from '../../network/address-range';
import { isNetworkName } from '../../network/record/network-record';
import { parseSubnet } from '../../network/record/parse-subnets';
import { parseSlirpOptions } from '../../network/slirp-options';
import { isExecutableFile } from '../../sys/programs';
import { useValue } from './conf-value';
import { transferDefaults } from './transfer-defaults';

/** What containers.conf says of the engine, checked; empty texts are as good as none. Throws 'invalid', with file, line and key. */
export function engineDefaults(conf: ContainersConf): EngineDefaults {
  const defaults: EngineDefaults = {};
  useValue(conf, ['engine', 'runtime'], (name) => {
    if (name !== '') defaults.runtime = name;
  });
  useValue(conf, ['engine', 'cgroup_manager'], (name) => {
    if (name !== '') defaults.cgroupManager = oneOf(name, ['systemd', 'cgroupfs']);
  });
  useValue(conf, ['engine', 'detach_keys'], (keys) => {
    parseDetachKeys(keys);
    defaults.detachKeys = keys;
  });
  useValue(conf, ['engine', 'helper_binaries_dir'], (folders) => {
    defaults.programFolders = folders.filter((folder) => folder.startsWith('/'));
  });
  useValue(conf, ['engine', 'hooks_dir'], (folders) => {
    defaults.hooksDirs = folders;
  });
  useValue(conf, ['engine', 'cdi_spec_dirs'], (folders) => {
    defaults.cdiDirs = folders;
  });
  useValue(conf, ['engine', 'runtimes'], (runtimes) => {
    defaults.runtimes = runtimes;
  });
  const transfer = transferDefaults(conf);
  if (transfer !== undefined) defaults.transfer = transfer;
  addSecrets(defaults, conf);
  addNetwork(defaults, conf);
  addEvents(defaults, conf);
  return defaults;
}

function addSecrets(defaults: EngineDefaults, conf: ContainersConf): void {
  useValue(conf, ['secrets', 'driver'], (driver) => {
    if (driver !== '') defaults.secrets = { driver: oneOf(driver, ['file', 'shell']) };
  });
  useValue(conf, ['secrets', 'opts'], (options) => {
    defaults.secrets = { ...defaults.secrets, options };
  });
}

function addEvents(defaults: EngineDefaults, conf: ContainersConf): void {
  const events: EventDefaults = {};
  useValue(conf, ['engine', 'events_logger'], (name) => {
    if (name !== '') events.logger = oneOf(name, ['file', 'journald', 'none']);
  });
  useValue(conf, ['engine', 'events_logfile_path'], (path) => {
    if (path === '') return;
    if (!path.startsWith('/')) throw new Error(`"${path}" is no full path`);
    events.path = path;
  });
  useValue(conf, ['engine', 'events_logfile_max_size'], (size) => {
    events.maxSize = parseSize(size);
  });
  useValue(conf, ['engine', 'healthcheck_events'], (on) => {
    events.health = on;
  });
  if (Object.keys(events).length > 0) defaults.events = events;
}

function addNetwork(defaults: EngineDefaults, conf: ContainersConf): void {
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
  useValue(conf, ['network', 'default_network'], (name) => {
    if (name !== '') defaults.defaultNetwork = networkName(name);
  });
  useValue(conf, ['network', 'default_subnet'], (subnet) => {
    if (subnet !== '') defaults.defaultSubnet = formatRange(parseSubnet(subnet));
  });
  useValue(conf, ['network', 'pasta_options'], (args) => {
    defaults.pastaOptions = args;
  });
}

/** The variables that containers.conf gives to tspod and the programs that it starts. Throws as engineDefaults(). */
export function engineEnvironment(conf: ContainersConf): Record<string, string> {
  const variables: Record<string, string> = {};
  useValue(conf, ['engine', 'env'], (entries) => {
    for (const entry of entries) {
      const equals = entry.indexOf('=');
      if (equals <= 0) throw new TspodError('invalid', `"${entry}" is not NAME=VALUE`);
      variables[entry.slice(0, equals)] = entry.slice(equals + 1);
    }
  });
  return variables;
}

function networkName(name: string): string {
  if (isNetworkName(name)) return name;
  throw new Error(`"${name}" is no name of a network: names match [a-zA-Z0-9][a-zA-Z0-9_.-]*`);
}

function oneOf<const T extends string>(text: string, names: readonly T[]): T {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw new TspodError('invalid', `"${text}" is not known`, { hint: `use ${names.join(' or ')}` });
}
