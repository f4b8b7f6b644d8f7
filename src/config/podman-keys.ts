const NO_SELINUX = 'labels of SELinux are not set; --security-opt label=disable is accepted';
const NO_CONMON = 'there is no conmon: the monitor is a part of tspod';
const NO_PODS = 'there are no pods and no Kubernetes files';
const NO_SERVICE = 'there is no service: each command works by itself';
const NO_PLUGINS = 'plugins are not run';
const NO_COMPOSE = 'there is no "compose"';
const IN_THE_STORE = 'it is in the store or beside it: --root and --runroot move these';
const OWN_NETWORKS = 'networks are made by tspod itself, without netavark and without a firewall of the host';
const ROOT_ONLY = 'it is about forwarded ports of root; a user holds each published port open';

/** Keys of containers.conf(5) that Podman knows and tspod does not honour, with the reason, by table. */
const PODMAN_KEYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  containers: {
    interface_name: 'it is about macvlan and ipvlan networks: --network NAME:interface_name=NAME names one',
    keyring: 'containers always have a session keyring of their own',
    label: NO_SELINUX,
    label_users: NO_SELINUX,
    prepare_volume_on_create: 'new volumes are filled at the first start',
    userns_size: 'no engine uses it: --userns auto:size=N',
  },
  engine: {
    active_service: NO_SERVICE,
    cgroup_check: 'it was for an upgrade of Fedora 31',
    chown_copied_files: 'use "cp --archive=false"',
    compat_api_enforce_docker_hub: NO_SERVICE,
    compose_providers: NO_COMPOSE,
    compose_warning_logs: NO_COMPOSE,
    conmon_env_vars: NO_CONMON,
    conmon_path: NO_CONMON,
    conmonrs_path: NO_CONMON,
    database_backend: 'there is no database: records are files',
    enable_port_forwarding: 'it is about virtual machines',
    enable_port_reservation: ROOT_ONLY,
    events_container_create_inspect_data: 'use "inspect"',
    exit_command_delay: NO_SERVICE,
    force_port_listen: ROOT_ONLY,
    image_build_format: 'use BUILDAH_FORMAT or "build --format"',
    image_copy_tmp_dir: IN_THE_STORE,
    image_default_format: 'Podman does not use it either: use --format, or BUILDAH_FORMAT',
    image_default_transport: 'a name without a transport is one of a registry, as with Podman',
    infra_command: NO_PODS,
    infra_image: NO_PODS,
    kube_generate_type: NO_PODS,
    lock_type: 'locks are those of the file system',
    namespace: 'use --root: another store',
    network_config_dir: 'it stands in the table [network]',
    no_pivot_root: 'containers always have their root by pivot_root(2)',
    num_locks: 'locks are files: there is no limit',
    platform_to_oci_runtime: 'use --runtime',
    pod_exit_policy: NO_PODS,
    remote: NO_SERVICE,
    runtime_supports_json: 'errors of OCI runtimes are read as they are',
    runtime_supports_kvm: 'runtimes are tried, not judged by name',
    runtime_supports_nocgroups: 'runtimes are tried, not judged by name',
    sbom_tool: 'build makes no bill of materials',
    service_destinations: NO_SERVICE,
    service_timeout: NO_SERVICE,
    ssh_config: NO_SERVICE,
    static_dir: IN_THE_STORE,
    tmp_dir: IN_THE_STORE,
    volume_path: IN_THE_STORE,
    volume_plugin_timeout: NO_PLUGINS,
    volume_plugins: NO_PLUGINS,
  },
  network: {
    cni_plugin_dirs: OWN_NETWORKS,
    dns_bind_port: OWN_NETWORKS,
    firewall_driver: OWN_NETWORKS,
    netavark_plugin_dirs: OWN_NETWORKS,
    network_backend: OWN_NETWORKS,
    rootless_port_forwarder: 'published ports always keep the address of the client',
  },
};

/** Tables that Podman knows, for parts that tspod has not, with the reason. */
const PODMAN_TABLES: Readonly<Record<string, string>> = {
  configmaps: NO_PODS,
  farms: 'images are built on this machine',
  machine: 'containers run on this machine itself',
  podmansh: 'there is no podmansh: use "tspod exec" as the shell of a user',
};

/** The keys that Podman knows and that have no effect, `table.key`, with the reasons. */
export function unusedKeys(): Record<string, string> {
  const keys = Object.entries(PODMAN_KEYS).flatMap(([table, reasons]) =>
    Object.entries(reasons).map(([key, reason]) => [`${table}.${key}`, reason]),
  );
  return Object.fromEntries(keys) as Record<string, string>;
}

/** Why a key that Podman knows has no effect; undefined for one that it does not know either. */
export function whyUnused(table: string, key: string): string | undefined {
  if (Object.hasOwn(PODMAN_TABLES, table)) return PODMAN_TABLES[table];
  return Object.hasOwn(PODMAN_KEYS, table) && Object.hasOwn(PODMAN_KEYS[table] ?? {}, key)
    ? PODMAN_KEYS[table]?.[key]
    : undefined;
}
