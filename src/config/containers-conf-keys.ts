/**
 * The keys of containers.conf(5) that are read, by table; a key that is not here is told as one without effect.
 * `size` is bytes, as a number or a text such as `64m`, handed on as text.
 */
export const CONTAINERS_CONF_KEYS = {
  containers: {
    annotations: 'list',
    default_capabilities: 'list',
    default_sysctls: 'list',
    default_ulimits: 'list',
    dns_options: 'list',
    dns_searches: 'list',
    dns_servers: 'list',
    env: 'list',
    env_host: 'boolean',
    http_proxy: 'boolean',
    init: 'boolean',
    init_path: 'string',
    log_driver: 'string',
    log_size_max: 'integer',
    log_tag: 'string',
    netns: 'string',
    no_hosts: 'boolean',
    pids_limit: 'integer',
    read_only: 'boolean',
    seccomp_profile: 'string',
    shm_size: 'size',
    tz: 'string',
    umask: 'string',
    userns: 'string',
    volumes: 'list',
  },
  engine: {
    cgroup_manager: 'string',
    detach_keys: 'string',
    env: 'list',
    network_cmd_options: 'list',
    network_cmd_path: 'string',
    runtime: 'string',
    stop_timeout: 'integer',
  },
  network: {
    default_rootless_network_cmd: 'string',
    pasta_options: 'list',
  },
} as const;

/** How the value of a key is written. */
export type ConfKind = 'list' | 'boolean' | 'string' | 'integer' | 'size';

type Keys = typeof CONTAINERS_CONF_KEYS;

type ConfValue<K extends ConfKind> = K extends 'list'
  ? string[]
  : K extends 'boolean'
    ? boolean
    : K extends 'integer'
      ? number
      : string;

/** What the files of containers.conf say together; absent keys were set nowhere. */
export type ContainersConf = {
  [Table in keyof Keys]: {
    [Key in keyof Keys[Table]]?: Keys[Table][Key] extends ConfKind ? ConfValue<Keys[Table][Key]> : never;
  };
} & {
  /** Keys that have no effect, as `table.key in FILE`. */
  ignored: string[];
  /** The files that were read, in order. */
  files: string[];
};
