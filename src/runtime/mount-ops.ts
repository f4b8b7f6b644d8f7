import { parseMountOptions } from './mount-flags';
import type { OciMount } from './oci-spec';
import type { Plan } from './plan';
import { PLAN } from './protocol';

/** Devices that every container has. Source: runtime-spec, config-linux.md, "Default Devices". */
const DEFAULT_DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

const DEVICE_LINKS = [
  ['/proc/self/fd', '/dev/fd'],
  ['/proc/self/fd/0', '/dev/stdin'],
  ['/proc/self/fd/1', '/dev/stdout'],
  ['/proc/self/fd/2', '/dev/stderr'],
  ['/proc/kcore', '/dev/core'],
  ['pts/ptmx', '/dev/ptmx'],
] as const;

const BIND = 0x1000;
const NOSUID = 0x2;
const NOEXEC = 0x8;

/** The mounts of a configuration in their order, with the default devices once /dev is there. */
export function addMounts(plan: Plan, mounts: readonly OciMount[]): void {
  for (const mount of mounts) {
    addMount(plan, mount);
    if (mount.destination === '/dev') addDefaultDevices(plan);
  }
}

function addMount(plan: Plan, mount: OciMount): void {
  const { flags, data, special } = parseMountOptions(mount.options ?? []);
  const isBind = (flags & BIND) !== 0 || mount.type === 'bind';
  let options = 0;
  if (special.includes('rro')) options |= PLAN.MOUNT_RECURSIVE_READONLY;
  if (special.includes('tmpcopyup')) options |= PLAN.MOUNT_COPY_UP;
  if (special.includes('idmap')) options |= PLAN.MOUNT_IDMAP;
  if (mount.type === 'sysfs') options |= PLAN.MOUNT_SYSFS;
  if (isBind && /^\/proc\/\d+\/root\//.test(mount.source ?? '')) options |= PLAN.MOUNT_BORROWED;
  // an own cgroup namespace on a host with version 1 controllers may not show version 2
  if (mount.type === 'cgroup') options |= PLAN.MOUNT_OPTIONAL;
  const type = isBind ? '' : mount.type === 'cgroup' ? 'cgroup2' : (mount.type ?? '');
  const source = mount.source ?? type;
  plan.add('MOUNT', source, mount.destination, type, isBind ? flags | BIND : flags, data, options);
}

function addDefaultDevices(plan: Plan): void {
  for (const name of DEFAULT_DEVICES) {
    plan.add('MOUNT', `/dev/${name}`, `/dev/${name}`, '', BIND | NOSUID | NOEXEC, '', 0);
  }
  for (const [content, path] of DEVICE_LINKS) plan.add('SYMLINK', content, path);
}
