import { parseLimits, type LimitTexts } from '../../../container/options/parse-limits';
import type { Limits } from '../../../container/record';
import type { Flags } from '../../define-command';
import type { ContainerFlags } from './container-options';
import type { LIMIT_OPTIONS } from './limit-options';

type LimitFlags = Omit<Flags<typeof LIMIT_OPTIONS>, 'cgroup-conf' | 'cgroup-parent' | 'cgroups'>;

/** The limits of a container, from its flags; `defaultPids` is the number of processes where they do not tell. */
export function parseLimitFlags(flags: ContainerFlags, defaultPids?: number): Limits {
  return parseLimits({ ...limitTexts(flags), cgroupConf: flags['cgroup-conf'] }, defaultPids);
}

/** The options of limits as they were typed. */
export function limitTexts(flags: LimitFlags): LimitTexts {
  const texts: { [K in keyof LimitTexts]: LimitTexts[K] | undefined } = {
    memory: flags.memory,
    memorySwap: flags['memory-swap'],
    memoryReservation: flags['memory-reservation'],
    cpus: flags.cpus,
    cpuQuota: flags['cpu-quota'],
    cpuPeriod: flags['cpu-period'],
    cpuShares: flags['cpu-shares'],
    cpusetCpus: flags['cpuset-cpus'],
    cpusetMems: flags['cpuset-mems'],
    pids: flags['pids-limit'],
    blkioWeight: flags['blkio-weight'],
    blkioWeightDevice: flags['blkio-weight-device'],
    deviceReadBps: flags['device-read-bps'],
    deviceWriteBps: flags['device-write-bps'],
    deviceReadIops: flags['device-read-iops'],
    deviceWriteIops: flags['device-write-iops'],
  };
  return texts as LimitTexts;
}
