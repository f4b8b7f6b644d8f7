import { readdirSync, statSync, type Dirent } from 'node:fs';
import { TspodError, describeError } from '../../lib/errors';
import type { OciMount } from '../../runtime/oci-spec';
import type { ContainerOptions, DeviceMapping } from '../record';

/** Every container has these of its own. */
const OWN = new Set(['null', 'zero', 'full', 'random', 'urandom', 'tty', 'ptmx', 'console', 'fd', 'core']);
/** Directories of /dev that are no devices of the machine. */
const OTHER = new Set(['pts', 'shm', 'mqueue', 'fd', 'hugepages', '.lxc', '.lxd-mounts', '.udev']);

/** The devices of the host that a container gets, as binds: a user namespace cannot make device nodes. */
export function deviceMounts({ devices, privileged }: ContainerOptions): OciMount[] {
  const asked = devices.flatMap(expandDevice);
  const all = privileged ? [...hostDevices('/dev'), ...asked] : asked;
  return [...new Map(all.map((device) => [device.containerPath, toMount(device)])).values()];
}

/** The devices behind one option: itself, or those below a directory. Throws 'not-found' and 'invalid'. */
export function expandDevice(device: DeviceMapping): DeviceMapping[] {
  const stats = statDevice(device.hostPath);
  if (stats.isCharacterDevice() || stats.isBlockDevice()) return [device];
  if (!stats.isDirectory()) throw new TspodError('invalid', `${device.hostPath} is not a device`);
  return readdirSync(device.hostPath, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || isDevice(entry))
    .flatMap((entry) =>
      expandDevice({
        ...device,
        hostPath: `${device.hostPath}/${entry.name}`,
        containerPath: `${device.containerPath}/${entry.name}`,
      }),
    );
}

function statDevice(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    throw new TspodError('not-found', `stat ${describeError(error)}`, { cause: error });
  }
}

function hostDevices(directory: string): DeviceMapping[] {
  return readDirectory(directory).flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory()) return OTHER.has(entry.name) ? [] : hostDevices(path);
    const isOwn = directory === '/dev' && (OWN.has(entry.name) || /^tty\d+$/.test(entry.name));
    if (isOwn || !isDevice(entry)) return [];
    return [{ hostPath: path, containerPath: path, permissions: 'rwm' }];
  });
}

/** What may not be read is passed over: another user's devices are of no use. */
function readDirectory(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isDevice(entry: Dirent): boolean {
  return entry.isCharacterDevice() || entry.isBlockDevice();
}

function toMount({ hostPath, containerPath, permissions }: DeviceMapping): OciMount {
  const access = permissions.includes('w') ? 'rw' : 'ro';
  return {
    destination: containerPath,
    type: 'bind',
    source: hostPath,
    options: ['rbind', 'slave', 'nosuid', 'noexec', access],
  };
}
