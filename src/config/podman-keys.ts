/** Keys of containers.conf(5) that Podman knows and tspod does not honour, by table. */
const PODMAN_KEYS: Readonly<Record<string, ReadonlySet<string>>> = {
  containers: new Set([
    'container_name_as_hostname',
    'default_mounts_file',
    'host_containers_internal_ip',
    'interface_name',
    'keyring',
    'label',
    'label_users',
    'log_path',
    'prepare_volume_on_create',
    'rootless_networking',
  ]),
  engine: new Set([
    'active_service',
    'add_compression',
    'compat_api_enforce_docker_hub',
    'compose_providers',
    'compose_warning_logs',
    'conmon_env_vars',
    'conmon_path',
    'database_backend',
    'enable_port_forwarding',
    'enable_port_reservation',
    'events_container_create_inspect_data',
    'exit_command_delay',
    'image_build_format',
    'image_copy_tmp_dir',
    'image_default_format',
    'image_default_transport',
    'infra_command',
    'infra_image',
    'kube_generate_type',
    'lock_type',
    'namespace',
    'network_config_dir',
    'no_pivot_root',
    'num_locks',
    'platform_to_oci_runtime',
    'pod_exit_policy',
    'remote',
    'runtime_supports_json',
    'runtime_supports_kvm',
    'runtime_supports_nocgroups',
    'sbom_tool',
    'service_destinations',
    'service_timeout',
    'static_dir',
    'tmp_dir',
    'volume_path',
    'volume_plugin_timeout',
    'volume_plugins',
  ]),
  network: new Set([
    'cni_plugin_dirs',
    'default_subnet_pools',
    'dns_bind_port',
    'firewall_driver',
    'netavark_plugin_dirs',
    'network_backend',
    'network_config_dir',
  ]),
};

/** Tables that Podman knows, for parts that tspod has not. */
const PODMAN_TABLES: ReadonlySet<string> = new Set(['configmaps', 'farms', 'machine', 'podmansh']);

/** Whether Podman would know this key. */
export function isPodmanKey(table: string, key: string): boolean {
  if (PODMAN_TABLES.has(table)) return true;
  return Object.hasOwn(PODMAN_KEYS, table) && PODMAN_KEYS[table]?.has(key) === true;
}
