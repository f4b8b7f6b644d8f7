import type { OciSpec } from '../../runtime/oci-spec';
import type { ContainerRecord } from '../record';

/** Nanoseconds of processor time that one microsecond of quota in a period of 100 ms stands for. */
const NANO_CPUS = 1e9;

/** The limits in HostConfig, in Docker's units; 0 stands for none. */
export function inspectLimits(
  { options: { limits, devices, ulimits, cgroupParent = '' } }: ContainerRecord,
  spec?: OciSpec,
): object {
  const { cpuQuota = 0, cpuPeriod = 0 } = limits;
  const rates = (list: { path: string; rate: number }[] | undefined): object[] | null =>
    list ? list.map(({ path, rate }) => ({ Path: path, Rate: rate })) : null;
  return {
    CpuShares: limits.cpuShares ?? 0,
    Memory: limits.memory ?? 0,
    NanoCpus: cpuPeriod > 0 && cpuQuota > 0 ? Math.round((cpuQuota / cpuPeriod) * NANO_CPUS) : 0,
    CgroupParent: cgroupParent,
    BlkioWeight: limits.blkioWeight ?? 0,
    BlkioWeightDevice:
      limits.blkioWeightDevice?.map(({ path, weight }) => ({ Path: path, Weight: weight })) ?? null,
    BlkioDeviceReadBps: rates(limits.deviceReadBps),
    BlkioDeviceWriteBps: rates(limits.deviceWriteBps),
    BlkioDeviceReadIOps: rates(limits.deviceReadIops),
    BlkioDeviceWriteIOps: rates(limits.deviceWriteIops),
    CpuPeriod: cpuPeriod,
    CpuQuota: cpuQuota,
    CpuRealtimePeriod: 0,
    CpuRealtimeRuntime: 0,
    CpusetCpus: limits.cpusetCpus ?? '',
    CpusetMems: limits.cpusetMems ?? '',
    Devices: devices.map(({ hostPath, containerPath, permissions }) => ({
      PathOnHost: hostPath,
      PathInContainer: containerPath,
      CgroupPermissions: permissions,
    })),
    DiskQuota: 0,
    KernelMemory: 0,
    MemoryReservation: limits.memoryReservation ?? 0,
    MemorySwap: limits.memorySwap ?? 0,
    MemorySwappiness: limits.memorySwappiness ?? 0,
    OomKillDisable: limits.oomKillDisable ?? false,
    PidsLimit: limits.pids ?? 0,
    Ulimits: ulimitsOf(ulimits, spec),
    CpuCount: 0,
    CpuPercent: 0,
    IOMaximumIOps: 0,
    IOMaximumBandwidth: 0,
  };
}

/** Those of the last start, defaults among them; before the first, those that were asked for. */
function ulimitsOf(ulimits: ContainerRecord['options']['ulimits'], spec: OciSpec | undefined): object[] {
  const applied = spec?.process.rlimits?.map(({ type, soft, hard }) => ({
    Name: type,
    Soft: soft,
    Hard: hard,
  }));
  return (
    applied ??
    ulimits.map(({ name, soft, hard }) => ({ Name: `RLIMIT_${name.toUpperCase()}`, Soft: soft, Hard: hard }))
  );
}
