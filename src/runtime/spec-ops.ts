import { addMounts } from './mount-ops';
import { PROPAGATION } from './mount-flags';
import type { OciNamespaceType, OciSpec } from './oci-spec';
import type { Plan } from './plan';
import { addProcess } from './process-ops';

/** CLONE_NEW bits of clone(2). Source: linux/sched.h. */
export const CLONE_FLAGS: Record<OciNamespaceType, number> = {
  mount: 0x0002_0000,
  cgroup: 0x0200_0000,
  uts: 0x0400_0000,
  ipc: 0x0800_0000,
  user: 0x1000_0000,
  pid: 0x2000_0000,
  network: 0x4000_0000,
};

/** crun's annotation: the caller's supplementary groups stay. */
const KEEP_GROUPS = 'run.oci.keep_original_groups';

/** Everything of an OCI configuration that the container's first process does for itself (runtime-spec, config-linux.md). */
export function addSpec(plan: Plan, spec: OciSpec, seccomp: Uint8Array | undefined): void {
  addNamespaces(plan, spec);
  addMounts(plan, spec.mounts);
  plan.add('SYMLINK', '/proc/mounts', '/etc/mtab');
  plan.add('PIVOT_ROOT', spec.root.path, PROPAGATION[spec.linux.rootfsPropagation ?? 'rprivate'] ?? 0);
  for (const [key, value] of Object.entries(spec.linux.sysctl ?? {})) {
    plan.add('SYSCTL', key.replaceAll('.', '/'), value);
  }
  if (spec.hostname) plan.add('HOSTNAME', spec.hostname);
  if (spec.domainname) plan.add('DOMAINNAME', spec.domainname);
  for (const path of spec.linux.maskedPaths ?? []) plan.add('MASK', path);
  for (const path of spec.linux.readonlyPaths ?? []) plan.add('READONLY_PATH', path);
  if (spec.process.cwd !== '/') plan.add('MKDIR', spec.process.cwd, 0o755, 0, 0);
  if (spec.root.readonly) plan.add('READONLY_ROOT');
  if (spec.annotations?.[KEEP_GROUPS] === '1') plan.add('KEEP_GROUPS');
  addProcess(plan, spec.process, seccomp);
}

function addNamespaces(plan: Plan, spec: OciSpec): void {
  let fresh = 0;
  for (const { type, path } of spec.linux.namespaces) {
    if (path) plan.add('NS_JOIN', CLONE_FLAGS[type], path);
    else if (type !== 'user') fresh |= CLONE_FLAGS[type];
  }
  plan.add('NS_NEW', fresh);
  if (fresh & CLONE_FLAGS.network) plan.add('LOOPBACK_UP');
  for (const map of spec.linux.uidMappings ?? [])
    plan.add('CHILD_UID_MAP', map.containerID, map.hostID, map.size);
  for (const map of spec.linux.gidMappings ?? [])
    plan.add('CHILD_GID_MAP', map.containerID, map.hostID, map.size);
}
