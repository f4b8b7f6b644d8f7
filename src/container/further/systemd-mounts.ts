import type { OciMount, OciSpec } from '../../runtime/oci-spec';
import type { ContainerRecord } from '../record';

/** What systemd wants to be empty and its own at each start. Source: systemd.io/CONTAINER_INTERFACE. */
const TEMPORARY = ['/run', '/run/lock', '/tmp', '/var/log/journal'];

/** Prepares a configuration for systemd: temporary directories, a control group that it may write, an id of the machine. */
export function prepareForSystemd(spec: OciSpec, { id, options }: ContainerRecord): void {
  const taken = new Set(spec.mounts.map(({ destination }) => destination));
  const size = options.further?.systemdSize;
  const wanted = TEMPORARY.filter((path) => !taken.has(path));
  spec.mounts.push(...wanted.map((path) => temporary(path, size)));
  spec.mounts = spec.mounts.map((mount) =>
    mount.destination === '/sys/fs/cgroup' ? writable(mount) : mount,
  );
  if (spec.process.env.some((entry) => entry.startsWith('container_uuid='))) return;
  spec.process.env = [...spec.process.env, `container_uuid=${id.slice(0, 32)}`];
}

function temporary(destination: string, size: number | undefined): OciMount {
  const options = ['rw', 'rprivate', 'nosuid', 'nodev', 'tmpcopyup'];
  if (size !== undefined) options.push(`size=${size}`);
  return { destination, type: 'tmpfs', source: 'tmpfs', options };
}

function writable(mount: OciMount): OciMount {
  return { ...mount, options: [...(mount.options ?? []).filter((option) => option !== 'ro'), 'rw'] };
}
