import type { ContainersConf } from '../../../config/containers-conf-keys';
import { checkCapabilities } from '../../../container/capabilities';
import { isCdiName, parseDevice } from '../../../container/options/parse-device';
import { parseEnv } from '../../../container/options/parse-env';
import { parseAnnotations } from '../../../container/options/parse-key-values';
import { parseLog } from '../../../container/options/parse-log';
import { parseNamespace } from '../../../container/options/parse-namespace';
import { parseSysctls, sysctlNamespace } from '../../../container/options/parse-sysctl';
import { parseUlimit } from '../../../container/options/parse-ulimit';
import { parseUserns } from '../../../container/options/parse-userns';
import { timezoneFile } from '../../../container/spec/etc-files';
import type { Context } from '../../../lib/context';
import { parseNetworkMode } from '../../../network/parse-network-mode';
import { isGlobMount, parseMount } from '../../../volume/parse-mount';
import { parseTmpfs } from '../../../volume/parse-tmpfs';
import { parseVolume } from '../../../volume/parse-volume';
import { useValue } from '../conf-value';
import type { ContainerFlags } from './container-options';
import { parseScore, parseTime, parseUmask, type ContainerDefaults } from './parse-container-options';
import { parseShmSize } from './parse-storage';

type Values = Omit<ContainersConf['containers'], EngineKey>;
/** What the engine itself keeps to (engineDefaults()). */
type EngineKey = 'container_name_as_hostname' | 'host_containers_internal_ip' | 'log_path';

interface Draft {
  ctx: Pick<Context, 'env'>;
  flags: { -readonly [Name in keyof ContainerFlags]: ContainerFlags[Name] };
  defaults: ContainerDefaults;
}

/**
 * The flags with the values of containers.conf where nothing was typed, and what no flag can say. A list of the file is
 * added before what was typed, but what was typed for the same target or name, and any name server, replaces it.
 * Throws 'invalid' with file, line and key for a value that makes no sense.
 */
export function withContainerDefaults(
  ctx: Pick<Context, 'env'>,
  conf: ContainersConf,
  given: ContainerFlags,
): { flags: ContainerFlags; defaults: ContainerDefaults } {
  const draft: Draft = { ctx, flags: { ...given }, defaults: {} };
  for (const key of Object.keys(SETTERS) as (keyof Values)[]) {
    const set = SETTERS[key] as (draft: Draft, value: never) => void;
    useValue(conf, ['containers', key], (value) => set(draft, value as never));
  }
  useValue(conf, ['engine', 'image_volume_mode'], (mode) => {
    if (mode === '') return;
    checkImageVolumes(mode);
    draft.flags['image-volume'] ??= mode;
  });
  useValue(conf, ['engine', 'stop_timeout'], (seconds) => {
    draft.flags['stop-timeout'] ??= parseTime('stop-timeout', seconds);
  });
  return { flags: draft.flags, defaults: draft.defaults };
}

type TextFlag =
  | 'cgroupns'
  | 'cgroups'
  | 'init-path'
  | 'ipc'
  | 'log-driver'
  | 'pid'
  | 'shm-size'
  | 'tz'
  | 'umask'
  | 'userns'
  | 'uts';
type SwitchFlag = 'env-host' | 'http-proxy' | 'init' | 'privileged' | 'read-only';
type NameServiceFlag = 'dns' | 'dns-option' | 'dns-search';

/** In this order: sysctls and name servers depend on the namespaces, the seccomp profile on privileges. */
const SETTERS: { [Key in keyof Values]-?: (draft: Draft, value: NonNullable<Values[Key]>) => void } = {
  netns: ({ flags }, mode) => {
    if (flags.network.length > 0 || mode === '') return;
    parseNetworkMode(mode);
    flags.network = [mode];
  },
  cgroupns: text('cgroupns', (mode) => parseNamespace('cgroupns', mode)),
  ipcns: text('ipc', (mode) => parseNamespace('ipc', mode)),
  pidns: text('pid', (mode) => parseNamespace('pid', mode)),
  utsns: text('uts', (mode) => parseNamespace('uts', mode)),
  userns: (draft, mode) => {
    const { uidmap, gidmap } = draft.flags;
    if (uidmap.length + gidmap.length === 0) text('userns', parseUserns)(draft, mode);
  },
  privileged: onOff('privileged'),
  annotations: ({ flags }, entries) => {
    parseAnnotations(entries);
    flags.annotation = [...entries, ...flags.annotation];
  },
  apparmor_profile: ({ flags }, name) => {
    const isTyped = flags['security-opt'].some((each) => /^apparmor[=:]/.test(each));
    // Podman's own name for its default, which tspod has not
    if (name === '' || name === 'container-default' || isTyped || flags.privileged) return;
    flags['security-opt'] = [`apparmor=${name}`, ...flags['security-opt']];
  },
  base_hosts_file: ({ flags }, source) => {
    if (source !== '' && !flags['no-hosts']) flags['hosts-file'] ??= source;
  },
  cgroup_conf: ({ flags }, entries) => {
    const wrong = entries.find((entry) => !/^[^=]+=/.test(entry));
    if (wrong !== undefined) throw new Error(`"${wrong}" is not FILE=VALUE`);
    flags['cgroup-conf'] = [...entries, ...flags['cgroup-conf']];
  },
  cgroups: text('cgroups', checkCgroups),
  default_capabilities: ({ defaults }, names) => {
    checkCapabilities(names, []);
    defaults.defaultCapabilities = names;
  },
  default_sysctls: ({ flags }, entries) => {
    parseSysctls(entries);
    flags.sysctl = [...entries.filter((entry) => hasNamespaceOf(entry, flags)), ...flags.sysctl];
  },
  default_ulimits: ({ flags }, entries) => {
    const typed = new Set(flags.ulimit.map((entry) => parseUlimit(entry).name));
    const isFree = (entry: string): boolean => !typed.has(parseUlimit(entry).name) && !typed.has('host');
    flags.ulimit = [...entries.filter(isFree), ...flags.ulimit];
  },
  devices: ({ flags }, entries) => {
    for (const entry of entries) if (!isCdiName(entry)) parseDevice(entry);
    flags.device = [...entries, ...flags.device];
  },
  dns_options: nameService('dns-option'),
  dns_searches: nameService('dns-search'),
  dns_servers: nameService('dns'),
  env: ({ ctx, defaults }, entries) => {
    defaults.defaultEnv = parseEnv({ entries, files: [], host: false, proxy: false }, ctx.env);
  },
  env_host: onOff('env-host'),
  env_merge: ({ flags }, entries) => {
    const wrong = entries.find((entry) => !/^[^=]+=/.test(entry));
    if (wrong !== undefined) throw new Error(`"${wrong}" is not NAME=VALUE`);
    flags['env-merge'] = [...entries, ...flags['env-merge']];
  },
  http_proxy: onOff('http-proxy'),
  init: onOff('init'),
  init_path: text('init-path'),
  log_driver: text('log-driver', (driver) => parseLog(driver, [])),
  log_size_max: ({ flags }, bytes) => {
    if (bytes > 0) flags['log-opt'] = [`max-size=${bytes}`, ...flags['log-opt']];
  },
  log_tag: ({ flags }, tag) => {
    if (tag !== '') flags['log-opt'] = [`tag=${tag}`, ...flags['log-opt']];
  },
  mounts: ({ flags }, entries) => {
    const taken = typedTargets(flags);
    flags.mount = [
      ...entries.filter((entry) => isGlobMount(entry) || !taken.has(parseMount(entry).target)),
      ...flags.mount,
    ];
  },
  no_hosts: ({ flags }, value) => {
    if (flags['add-host'].length === 0) flags['no-hosts'] ??= value;
  },
  oom_score_adj: ({ flags }, value) => void (flags['oom-score-adj'] ??= parseScore(value)),
  pids_limit: ({ defaults }, value) => void (defaults.pids = value),
  read_only: onOff('read-only'),
  seccomp_profile: ({ flags }, path) => {
    if (path === '' || flags.privileged) return;
    flags['security-opt'] = [`seccomp=${path}`, ...flags['security-opt']];
  },
  shm_size: text('shm-size', parseShmSize),
  tz: text('tz', timezoneFile),
  umask: text('umask', parseUmask),
  volumes: ({ flags }, entries) => {
    const taken = typedTargets(flags);
    flags.volume = [...entries.filter((entry) => !taken.has(parseVolume(entry).target)), ...flags.volume];
  },
};

function checkImageVolumes(mode: string): void {
  if (!['anonymous', 'bind', 'tmpfs', 'ignore'].includes(mode))
    throw new Error(`invalid image volume mode "${mode}"`);
}

function checkCgroups(mode: string): void {
  if (!['enabled', 'disabled', 'no-conmon', 'split'].includes(mode))
    throw new Error(`invalid cgroup mode "${mode}"`);
}

/** An empty text is as good as none. */
function text(flag: TextFlag, check?: (value: string) => unknown): (draft: Draft, value: string) => void {
  return ({ flags }, value) => {
    if (value === '' || flags[flag] !== undefined) return;
    check?.(value);
    flags[flag] = value;
  };
}

function onOff(flag: SwitchFlag): (draft: Draft, value: boolean) => void {
  return ({ flags }, value) => void (flags[flag] ??= value);
}

/** A container that joins another's network looks names up as that one does, one without a network not at all. */
function nameService(flag: NameServiceFlag): (draft: Draft, values: string[]) => void {
  return ({ flags }, values) => {
    if (flags[flag].length === 0 && !/^(container:|none$)/.test(flags.network[0] ?? '')) flags[flag] = values;
  };
}

/** A namespace that the container shares with others is not its own to set up. */
function hasNamespaceOf(sysctl: string, { network, ipc, uts }: ContainerFlags): boolean {
  const name = sysctl.slice(0, sysctl.indexOf('=')).trim().replaceAll('/', '.');
  const kind = sysctlNamespace(name);
  const mode = kind && { network: network[0], ipc, uts }[kind];
  return mode === undefined || !/^(host|container|ns)(:|$)/.test(mode);
}

function typedTargets({ mount, volume, tmpfs }: ContainerFlags): Set<string> {
  const mounts = [
    ...mount.filter((each) => !isGlobMount(each)).map(parseMount),
    ...volume.map(parseVolume),
    ...tmpfs.map(parseTmpfs),
  ];
  return new Set(mounts.map(({ target }) => target));
}
