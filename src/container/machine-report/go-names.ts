/** Keys whose name in Podman's Go structures is not just the one of its JSON with a capital first letter. */
const IRREGULAR: Readonly<Record<string, string>> = {
  cgroupVersion: 'CgroupsVersion',
  cpus: 'CPUs',
  os: 'OS',
  ociRuntime: 'OCIRuntime',
  idMappings: 'IDMappings',
  uidmap: 'UIDMap',
  gidmap: 'GIDMap',
  container_id: 'ContainerID',
  host_id: 'HostID',
  seccompEnabled: 'SECCOMPEnabled',
  slirp4netns: 'Slirp4NetNS',
};

/** Values under the names that templates of `podman info` use: `.Host.OCIRuntime`; keys with blanks are data and stay. */
export function goNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(goNames);
  // maps keep their keys
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) === null) return value;
  const fields = Object.entries(value).map(([key, inner]) => [goName(key), goNames(inner)] as const);
  // JSON has the names that it had before
  return Object.defineProperty(Object.fromEntries(fields), 'toJSON', { value: () => value });
}

function goName(key: string): string {
  if (key.includes(' ')) return key;
  return IRREGULAR[key] ?? key.charAt(0).toUpperCase() + key.slice(1);
}
