import type { OciResources, OciThrottle } from './oci-spec';

/** One file of a cgroup, the controller that it belongs to, and the option that asked for it. */
export interface CgroupSetting {
  controller: string;
  file: string;
  value: string;
  option: string;
}

/** The files of cgroup version 2 for the runtime-spec's resources (config-linux.md, "Control groups"). */
export function limitSettings(resources: OciResources): CgroupSetting[] {
  return [
    ...memorySettings(resources),
    ...cpuSettings(resources),
    ...pidsSettings(resources),
    ...ioSettings(resources),
    ...unifiedSettings(resources),
  ];
}

function memorySettings({ memory }: OciResources): CgroupSetting[] {
  if (!memory) return [];
  const settings: CgroupSetting[] = [];
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

function cpuSettings({ cpu }: OciResources): CgroupSetting[] {
  if (!cpu) return [];
  const settings: CgroupSetting[] = [];
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

function pidsSettings({ pids }: OciResources): CgroupSetting[] {
  if (!pids || pids.limit === 0) return [];
  return [{ controller: 'pids', file: 'pids.max', value: limitText(pids.limit), option: '--pids-limit' }];
}

function ioSettings({ blockIO }: OciResources): CgroupSetting[] {
  if (!blockIO) return [];
  const settings: CgroupSetting[] = [];
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
function unifiedSettings({ unified = {} }: OciResources): CgroupSetting[] {
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
