/** Namespaces whose attributes a layer cannot bring in: they steer overlayfs itself, or belong to the host's policy. */
const reserved = [
  'trusted.',
  'user.overlay.',
  'security.selinux',
  'security.ima',
  'security.evm',
  'system.nfs4',
];

/** Whether a layer cannot bring in an extended attribute of this name. */
export function isReservedXattr(name: string): boolean {
  return reserved.some((prefix) => name.startsWith(prefix));
}
