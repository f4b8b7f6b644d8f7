/**
 * The keys of containers.conf(5) that are honoured, by table; a key that is not here has no effect, which is told.
 * `size` is bytes, as a number or a text such as `64m`, handed on as text.
 */
export const CONTAINERS_CONF_KEYS = {
  containers: {
    annotations: 'list',
    apparmor_profile: 'string',
    base_hosts_file: 'string',
    cgroup_conf: 'list',
    cgroupns: 'string',
    cgroups: 'string',
    container_name_as_hostname: 'boolean',
    default_capabilities: 'list',
    default_sysctls: 'list',
    default_ulimits: 'list',
    devices: 'list',
    dns_options: 'list',
    dns_searches: 'list',
    dns_servers: 'list',
    env: 'list',
    env_host: 'boolean',
    env_merge: 'list',
    host_containers_internal_ip: 'string',
    http_proxy: 'boolean',
    init: 'boolean',
    init_path: 'string',
    ipcns: 'string',
    log_driver: 'string',
    log_path: 'string',
    log_size_max: 'integer',
    log_tag: 'string',
    mounts: 'list',
    netns: 'string',
    no_hosts: 'boolean',
    oom_score_adj: 'integer',
    pidns: 'string',
    pids_limit: 'integer',
    privileged: 'boolean',
    read_only: 'boolean',
    seccomp_profile: 'string',
    shm_size: 'size',
    tz: 'string',
    umask: 'string',
    userns: 'string',
    utsns: 'string',
    volumes: 'list',
  },
  engine: {
    add_compression: 'list',
    cdi_spec_dirs: 'list',
    cgroup_manager: 'string',
    compression_format: 'string',
    compression_level: 'integer',
    detach_keys: 'string',
    env: 'list',
    events_logfile_max_size: 'size',
    events_logfile_path: 'string',
    events_logger: 'string',
    healthcheck_events: 'boolean',
    helper_binaries_dir: 'list',
    hooks_dir: 'list',
    image_parallel_copies: 'integer',
    image_volume_mode: 'string',
    multi_image_archive: 'boolean',
    network_cmd_options: 'list',
    network_cmd_path: 'string',
    pull_policy: 'string',
    retry: 'integer',
    retry_delay: 'string',
    runtime: 'string',
    runtimes: 'lists',
    stop_timeout: 'integer',
  },
  network: {
    default_host_ips: 'list',
    default_network: 'string',
    default_rootless_network_cmd: 'string',
    default_subnet: 'string',
    default_subnet_pools: 'pools',
    network_config_dir: 'string',
    pasta_options: 'list',
  },
  secrets: {
    driver: 'string',
    opts: 'strings',
  },
} as const;

/** How the value of a key is written. */
export type ConfKind = 'list' | 'lists' | 'strings' | 'pools' | 'boolean' | 'string' | 'integer' | 'size';

type Keys = typeof CONTAINERS_CONF_KEYS;

interface ConfValues {
  list: string[];
  /** A table of lists. */
  lists: Record<string, string[]>;
  /** A table of strings. */
  strings: Record<string, string>;
  /** A list of networks to divide, and the bits of a part. */
  pools: { base: string; size: number }[];
  boolean: boolean;
  string: string;
  integer: number;
  size: string;
}

type ConfValue<K extends ConfKind> = ConfValues[K];

/** What the files of containers.conf say together; absent keys were set nowhere. */
export type ContainersConf = {
  [Table in keyof Keys]: {
    [Key in keyof Keys[Table]]?: Keys[Table][Key] extends ConfKind ? ConfValue<Keys[Table][Key]> : never;
  };
} & {
  /** Where each value was written: `"FILE", line 3` by `table.key`. */
  origins: Record<string, string>;
  /** Keys that have no effect. */
  ignored: IgnoredKey[];
  /** The files that were read, in order. */
  files: string[];
};

/** A key without effect. */
export interface IgnoredKey {
  /** `table.key`. */
  key: string;
  /** `"FILE", line 3`. */
  origin: string;
  /** Why, where Podman knows the key; else it may be a mistake. */
  reason?: string;
}
