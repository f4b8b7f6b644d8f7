import type { ContainersConf } from '../../config/containers-conf-keys';
import { parseDetachKeys } from '../../container/detach-keys';
import type { EngineDefaults } from '../../lib/context';
import type { EventDefaults } from '../../lib/engine-event';
import { TspodError } from '../../lib/errors';
import { parseSize } from '../../lib/size';
import { fullPath, useValue } from './conf-value';
import { networkDefaults } from './network-defaults';
import { oneOf } from './one-of';
import { transferDefaults } from './transfer-defaults';

/** What containers.conf says of the engine, checked; empty texts are as good as none. Throws 'invalid', with file, line and key. */
export function engineDefaults(conf: ContainersConf): EngineDefaults {
  const defaults: EngineDefaults = networkDefaults(conf);
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
  addContainers(defaults, conf);
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

/** What is not known before there is a container. */
function addContainers(defaults: EngineDefaults, conf: ContainersConf): void {
  useValue(conf, ['containers', 'container_name_as_hostname'], (isOn) => {
    defaults.nameAsHostname = isOn;
  });
  useValue(conf, ['containers', 'log_path'], (folder) => {
    if (folder !== '') defaults.logFolder = fullPath(folder);
  });
}

function addEvents(defaults: EngineDefaults, conf: ContainersConf): void {
  const events: EventDefaults = {};
  useValue(conf, ['engine', 'events_logger'], (name) => {
    if (name !== '') events.logger = oneOf(name, ['file', 'journald', 'none']);
  });
  useValue(conf, ['engine', 'events_logfile_path'], (path) => {
    if (path !== '') events.path = fullPath(path);
  });
  useValue(conf, ['engine', 'events_logfile_max_size'], (size) => {
    events.maxSize = parseSize(size);
  });
  useValue(conf, ['engine', 'healthcheck_events'], (on) => {
    events.health = on;
  });
  if (Object.keys(events).length > 0) defaults.events = events;
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
