import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { cgroupPlace, mayMoveTo, type CgroupPlace } from './cgroup-place';
import type { OciResources, OciThrottle } from './oci-spec';
import type { Plan } from './plan';
import { PLAN } from './protocol';

/** One file of a cgroup, the controller that it belongs to, and the option that asked for it. */
interface Setting {
  controller: string;
  file: string;
  value: string;
  option: string;
}

/** What a container wants of its cgroup. */
export interface CgroupRequest {
  id: string;
  resources: OciResources | undefined;
  /** The pids limit is only a default: dropped where it cannot be applied. */
  isPidsDefault: boolean;
}

/** Adds the container's cgroup with its limits; a limit that cannot be applied is an error that names the cure. */
export function addCgroup(plan: Plan, ctx: Context, request: CgroupRequest): void {
  const place = cgroupPlace(ctx);
  const settings = limitSettings(request.resources ?? {}).filter(
    (setting) => !isDefault(request, setting) || has(place, setting.controller),
  );
  for (const setting of settings) requireController(ctx, place, setting);
  if (place.kind === 'none') {
    ctx.log('debug', `no cgroup for the container: ${place.reason}`);
    return;
  }
  const isNeeded = settings.some((setting) => !isDefault(request, setting));
  if (place.kind === 'scope') {
    const own = ['_uid', String(ctx.uid), '_mount', place.mount, ...(isNeeded ? [] : ['_optional', '1'])];
    const description = ['Description', `tspod container ${request.id}`];
    plan.add('CGROUP_SCOPE', place.bus, `tspod-${request.id}.scope`, place.slice, ...own, ...description);
  } else {
    plan.add('CGROUP_DIR', `${place.parent}/tspod-${request.id}`, isNeeded ? 0 : PLAN.CGROUP_OPTIONAL);
  }
  for (const setting of settings) {
    const { file, value, option } = setting;
    const complaint = isDefault(request, setting) ? '' : `applying ${option} (${file} = ${value})`;
    plan.add('CGROUP_SET', file, value, complaint);
  }
}

/** The path of a container's group in the hierarchy, as `cgroupsPath` of config.json names it; undefined: there is no place for one. */
export function cgroupsPath(ctx: Context, id: string): string | undefined {
  const place = cgroupPlace(ctx);
  if (place.kind === 'none') return undefined;
  if (place.kind === 'scope') return `${place.parent}/tspod-${id}.scope/container`.slice(place.mount.length);
  return `${place.parent}/tspod-${id}`.replace(/^\/sys\/fs\/cgroup(\/unified)?/, '');
}

/** The directory that a program which joins a container is to be moved into, and who has to do that. */
export function addCgroupJoin(plan: Plan, ctx: Context, directory: string): void {
  const unit = /\/([^/]+\.scope)(\/.*)$/.exec(directory);
  const place = cgroupPlace(ctx);
  if (unit?.[1] === undefined || unit[2] === undefined || place.kind !== 'scope' || mayMoveTo(directory))
    plan.add('CGROUP_JOIN', directory);
  else plan.add('CGROUP_JOIN', directory, place.bus, String(ctx.uid), unit[1], unit[2]);
}

function isDefault({ isPidsDefault }: CgroupRequest, { controller, option }: Setting): boolean {
  return isPidsDefault && controller === 'pids' && !option.startsWith('--cgroup-conf');
}

function has(place: CgroupPlace, controller: string): boolean {
  return place.kind !== 'none' && place.controllers.includes(controller);
}

function requireController(ctx: Context, place: CgroupPlace, { controller, option }: Setting): void {
  if (has(place, controller) || (controller === 'cgroup' && place.kind !== 'none')) return;
  if (place.kind === 'none') {
    throw new TspodError('machine', `${option} cannot be applied: ${place.reason}`, {
      hint: 'log in through systemd (loginctl, ssh), or start tspod with: systemd-run --user --scope -p Delegate=yes tspod ...',
    });
  }
  throw new TspodError(
    'machine',
    `${option} cannot be applied: the ${controller} controller is not delegated to you`,
    {
      hint:
        ctx.uid === 0
          ? `mount the ${controller} controller in cgroup version 2 (kernel argument systemd.unified_cgroup_hierarchy=1)`
          : `as root, write "[Service]\\nDelegate=cpu cpuset io memory pids" to /etc/systemd/system/user@.service.d/delegate.conf, run systemctl daemon-reload, and log in again`,
    },
  );
}

/** The files of cgroup version 2 for the runtime-spec's resources (config-linux.md, "Control groups"). */
function limitSettings(resources: OciResources): Setting[] {
  return [
    ...memorySettings(resources),
    ...cpuSettings(resources),
    ...pidsSettings(resources),
    ...ioSettings(resources),
    ...unifiedSettings(resources),
  ];
}

function memorySettings({ memory }: OciResources): Setting[] {
  if (!memory) return [];
  const settings: Setting[] = [];
  const add = (file: string, value: string, option: string): void => {
    settings.push({ controller: 'memory', file, value, option });
  };
  if (memory.limit !== undefined) add('memory.max', limitText(memory.limit), '--memory');
  if (memory.swap !== undefined) {
    // version 2 counts swap alone, the runtime-spec memory and swap together
    const swap = memory.swap < 0 ? -1 : memory.swap - (memory.limit ?? 0);
    add('memory.swap.max', limitText(swap), '--memory-swap');
  }
  if (memory.reservation !== undefined)
    add('memory.low', limitText(memory.reservation), '--memory-reservation');
  return settings;
}

function cpuSettings({ cpu }: OciResources): Setting[] {
  if (!cpu) return [];
  const settings: Setting[] = [];
  if (cpu.quota !== undefined || cpu.period !== undefined) {
    const quota = cpu.quota === undefined || cpu.quota <= 0 ? 'max' : String(cpu.quota);
    settings.push({
      controller: 'cpu',
      file: 'cpu.max',
      value: `${quota} ${cpu.period ?? 100000}`,
      option: '--cpus',
    });
  }
  if (cpu.shares !== undefined && cpu.shares > 0) {
    const weight = 1 + Math.floor(((Math.min(Math.max(cpu.shares, 2), 262144) - 2) * 9999) / 262142);
    settings.push({ controller: 'cpu', file: 'cpu.weight', value: String(weight), option: '--cpu-shares' });
  }
  if (cpu.cpus)
    settings.push({ controller: 'cpuset', file: 'cpuset.cpus', value: cpu.cpus, option: '--cpuset-cpus' });
  if (cpu.mems)
    settings.push({ controller: 'cpuset', file: 'cpuset.mems', value: cpu.mems, option: '--cpuset-mems' });
  return settings;
}

function pidsSettings({ pids }: OciResources): Setting[] {
  if (!pids || pids.limit === 0) return [];
  return [{ controller: 'pids', file: 'pids.max', value: limitText(pids.limit), option: '--pids-limit' }];
}

function ioSettings({ blockIO }: OciResources): Setting[] {
  if (!blockIO) return [];
  const settings: Setting[] = [];
  const add = (file: string, value: string, option: string): void => {
    settings.push({ controller: 'io', file, value, option });
  };
  if (blockIO.weight) add('io.weight', `default ${ioWeight(blockIO.weight)}`, '--blkio-weight');
  for (const { major, minor, weight } of blockIO.weightDevice ?? []) {
    add('io.weight', `${major}:${minor} ${ioWeight(weight)}`, '--blkio-weight-device');
  }
  const throttle = (devices: OciThrottle[] | undefined, key: string, option: string): void => {
    for (const { major, minor, rate } of devices ?? [])
      add('io.max', `${major}:${minor} ${key}=${rate}`, option);
  };
  throttle(blockIO.throttleReadBpsDevice, 'rbps', '--device-read-bps');
  throttle(blockIO.throttleWriteBpsDevice, 'wbps', '--device-write-bps');
  throttle(blockIO.throttleReadIOPSDevice, 'riops', '--device-read-iops');
  throttle(blockIO.throttleWriteIOPSDevice, 'wiops', '--device-write-iops');
  return settings;
}

/** Files named by the user; those of the core have no controller. */
function unifiedSettings({ unified = {} }: OciResources): Setting[] {
  return Object.entries(unified).map(([file, value]) => ({
    controller: file.slice(0, file.indexOf('.')),
    file,
    value,
    option: `--cgroup-conf ${file}`,
  }));
}

/** From blkio's 10 to 1000 to io.weight's 1 to 10000, as crun and runc convert it. */
function ioWeight(weight: number): number {
  return 1 + Math.floor(((weight - 10) * 9999) / 990);
}

function limitText(value: number): string {
  return value < 0 ? 'max' : String(value);
}
