import { statSync } from 'node:fs';
import { describeError, TspodError } from '../../lib/errors';
import type { OciResources, OciThrottle } from '../../runtime/oci-spec';
import type { Limits } from '../record';

/** Limits as the runtime-spec writes them (config-linux.md, "Control groups"). */
export function resourcesOf(limits: Limits): OciResources {
  const parts: OciResources = { memory: memory(limits), cpu: cpu(limits), blockIO: blockIo(limits) };
  if (limits.pids !== undefined && limits.pids > 0) parts.pids = { limit: limits.pids };
  if (limits.unified !== undefined) parts.unified = limits.unified;
  return Object.fromEntries(
    Object.entries(parts).filter(([, part]) => Object.keys(part as object).length > 0),
  ) as OciResources;
}

function memory(limits: Limits): NonNullable<OciResources['memory']> {
  const { memory: limit, memorySwap, memoryReservation: reservation } = limits;
  // as Docker and Podman: as much swap as memory unless it is said otherwise
  const swap = memorySwap ?? (limit === undefined ? undefined : limit * 2);
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(reservation === undefined ? {} : { reservation }),
    ...(swap === undefined ? {} : { swap }),
  };
}

function cpu(limits: Limits): NonNullable<OciResources['cpu']> {
  const {
    cpuShares: shares,
    cpuQuota: quota,
    cpuPeriod: period,
    cpusetCpus: cpus,
    cpusetMems: mems,
  } = limits;
  return {
    ...(shares === undefined || shares === 0 ? {} : { shares }),
    ...(quota === undefined ? {} : { quota }),
    ...(period === undefined ? {} : { period }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(mems === undefined ? {} : { mems }),
  };
}

function blockIo(limits: Limits): NonNullable<OciResources['blockIO']> {
  const { blkioWeight: weight, blkioWeightDevice = [] } = limits;
  return {
    ...(weight === undefined ? {} : { weight }),
    ...(blkioWeightDevice.length === 0
      ? {}
      : { weightDevice: blkioWeightDevice.map((each) => ({ ...numbers(each.path), weight: each.weight })) }),
    ...throttle('throttleReadBpsDevice', limits.deviceReadBps),
    ...throttle('throttleWriteBpsDevice', limits.deviceWriteBps),
    ...throttle('throttleReadIOPSDevice', limits.deviceReadIops),
    ...throttle('throttleWriteIOPSDevice', limits.deviceWriteIops),
  };
}

function throttle(key: string, rates: Limits['deviceReadBps']): Record<string, OciThrottle[]> {
  if (rates === undefined) return {};
  return { [key]: rates.map(({ path, rate }) => ({ ...numbers(path), rate })) };
}

/** Device numbers as glibc's makedev(3) packs them. Throws 'not-found' and 'invalid'. */
function numbers(path: string): { major: number; minor: number } {
  const device = rawDevice(path);
  return {
    major: Number(((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n)),
    minor: Number((device & 0xffn) | ((device >> 12n) & 0xffffff00n)),
  };
}

function rawDevice(path: string): bigint {
  try {
    const stats = statSync(path, { bigint: true });
    if (stats.isBlockDevice()) return stats.rdev;
  } catch (cause) {
    throw new TspodError('not-found', `limit of the device "${path}": ${describeError(cause)}`, { cause });
  }
  throw new TspodError('invalid', `limit of the device "${path}": it is not a block device`);
}
