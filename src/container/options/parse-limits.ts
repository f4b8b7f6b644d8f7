import { TspodError } from '../../lib/errors';
import { parseSize } from '../../lib/size';
import type { Limits } from '../record';

type NumbersAndLists = 'cpuQuota' | 'cpuPeriod' | 'cpuShares' | 'cpusetCpus' | 'cpusetMems' | 'pids';

/** The options of limits as they were typed; absent ones were not given. */
export interface LimitTexts extends Pick<Limits, NumbersAndLists> {
  memory?: string;
  memorySwap?: string;
  memoryReservation?: string;
  cpus?: string;
  blkioWeight?: string;
  blkioWeightDevice: readonly string[];
  deviceReadBps: readonly string[];
  deviceWriteBps: readonly string[];
  deviceReadIops: readonly string[];
  deviceWriteIops: readonly string[];
  /** `FILE=VALUE`. */
  cgroupConf?: readonly string[];
}

/** The length of a period in which `--cpus` counts, in microseconds. */
const CPU_PERIOD = 100_000;
/** Podman's default limit of processes. */
const DEFAULT_PIDS = 2048;

/** Parses limits and checks that they fit together; 0 and -1 processes are no limit. Throws 'usage'. */
export function parseLimits(texts: LimitTexts, defaultPids = DEFAULT_PIDS): Limits {
  const limits = withoutNone(parseLimitChanges(texts));
  checkLimits(limits);
  return { ...limits, ...(texts.pids === undefined ? defaultLimit(defaultPids) : {}) };
}

/** Parses what was given and nothing more: 0 bytes, -1 processes and -1 microseconds take a limit away. Throws 'usage'. */
export function parseLimitChanges(texts: LimitTexts): Limits {
  return {
    ...memoryLimits(texts),
    ...cpuLimits(texts),
    ...(texts.pids === undefined ? {} : { pids: texts.pids <= 0 ? -1 : texts.pids }),
    ...blockLimits(texts),
    ...fileLimits(texts.cgroupConf),
  };
}

/** The limits without those that limit nothing. */
export function withoutNone({ ...limits }: Limits): Limits {
  if (limits.memory === 0) delete limits.memory;
  if (limits.memoryReservation === 0) delete limits.memoryReservation;
  if (limits.cpuShares === 0) delete limits.cpuShares;
  if (limits.cpuQuota === -1) delete limits.cpuQuota;
  return limits;
}

/** Refuses limits of memory that contradict each other. Throws 'usage' in Podman's words. */
export function checkLimits({ memory: most, memorySwap: both, memoryReservation }: Limits): void {
  if (both !== undefined && both !== -1) {
    if (most === undefined) throw new TspodError('usage', '--memory-swap needs --memory as well');
    if (both < most) {
      throw new TspodError(
        'usage',
        `minimum memory-swap limit should be larger than memory limit: ${both} < ${most}`,
      );
    }
  }
  if (most !== undefined && (memoryReservation ?? 0) > most) {
    throw new TspodError('usage', 'minimum memory limit cannot be less than memory reservation limit');
  }
}

function fileLimits(entries: readonly string[] = []): Limits {
  if (entries.length === 0) return {};
  const pairs = entries.map((entry) => {
    const [, file, value] = /^([a-z]+\.[a-z0-9_.]+)=(.*)$/s.exec(entry) ?? [];
    if (file === undefined || value === undefined)
      throw new TspodError('usage', `--cgroup-conf "${entry}": must be formatted KEY=VALUE`, {
        hint: 'the key is a file of the control group, such as memory.high',
      });
    return [file, value];
  });
  return { unified: Object.fromEntries(pairs) as Record<string, string> };
}

function memoryLimits({ memory, memorySwap, memoryReservation }: LimitTexts): Limits {
  const limits: Limits = {};
  if (memory !== undefined) limits.memory = named('memory', memory);
  if (memoryReservation !== undefined)
    limits.memoryReservation = named('memory-reservation', memoryReservation);
  if (memorySwap !== undefined)
    limits.memorySwap = memorySwap === '-1' ? -1 : named('memory-swap', memorySwap);
  return limits;
}

function cpuLimits(texts: LimitTexts): Limits {
  const limits: Limits = {};
  if (texts.cpus !== undefined) {
    if (texts.cpuQuota !== undefined) throw together('cpu-quota');
    if (texts.cpuPeriod !== undefined) throw together('cpu-period');
    const cpus = Number(texts.cpus);
    if (!/^\d*\.?\d+$/.test(texts.cpus)) throw invalid('cpus', texts.cpus, 'expected a number of processors');
    limits.cpuQuota = cpus > 0 ? Math.round(cpus * CPU_PERIOD) : -1;
    if (cpus > 0) limits.cpuPeriod = CPU_PERIOD;
  }
  if (texts.cpuQuota !== undefined) limits.cpuQuota = range('cpu-quota', texts.cpuQuota, [-1, 2 ** 42]);
  if (texts.cpuPeriod !== undefined)
    limits.cpuPeriod = range('cpu-period', texts.cpuPeriod, [1000, 1_000_000]);
  if (texts.cpuShares !== undefined) limits.cpuShares = range('cpu-shares', texts.cpuShares, [0, 262_144]);
  if (texts.cpusetCpus !== undefined) limits.cpusetCpus = cpuList('cpuset-cpus', texts.cpusetCpus);
  if (texts.cpusetMems !== undefined) limits.cpusetMems = cpuList('cpuset-mems', texts.cpusetMems);
  return limits;
}

function defaultLimit(pids: number): Limits {
  return pids > 0 ? { pids, pidsIsDefault: true } : { pids: -1 };
}

function blockLimits(texts: LimitTexts): Limits {
  const limits: Limits = {};
  if (texts.blkioWeight !== undefined) limits.blkioWeight = weight('blkio-weight', texts.blkioWeight);
  if (texts.blkioWeightDevice.length > 0) {
    limits.blkioWeightDevice = texts.blkioWeightDevice.map((text) => {
      const { path, value } = ofDevice('blkio-weight-device', text);
      return { path, weight: weight('blkio-weight-device', value) };
    });
  }
  for (const [field, option, isSize] of RATES) {
    const list = texts[field];
    if (list.length === 0) continue;
    limits[field] = list.map((text) => {
      const { path, value } = ofDevice(option, text);
      return { path, rate: isSize ? named(option, value) : count(option, value) };
    });
  }
  return limits;
}

const RATES = [
  ['deviceReadBps', 'device-read-bps', true],
  ['deviceWriteBps', 'device-write-bps', true],
  ['deviceReadIops', 'device-read-iops', false],
  ['deviceWriteIops', 'device-write-iops', false],
] as const;

function ofDevice(option: string, text: string): { path: string; value: string } {
  const colon = text.lastIndexOf(':');
  if (!text.startsWith('/dev/') || colon < 0) throw invalid(option, text, 'expected /dev/NAME:VALUE');
  return { path: text.slice(0, colon), value: text.slice(colon + 1) };
}

function weight(option: string, text: string): number {
  return range(option, count(option, text), [10, 1000]);
}

function count(option: string, text: string): number {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw invalid(option, text, 'expected a whole number');
}

function range(option: string, value: number, [least, most]: [number, number]): number {
  if (value >= least && value <= most) return value;
  throw invalid(option, String(value), `expected ${least} to ${most}`);
}

function cpuList(option: string, text: string): string {
  if (/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text)) return text;
  throw invalid(option, text, 'expected a list such as 0-3,5');
}

function named(option: string, text: string): number {
  try {
    return parseSize(text);
  } catch (cause) {
    throw new TspodError('usage', `invalid value for ${option}: ${(cause as Error).message}`, { cause });
  }
}

function together(option: string): TspodError {
  return new TspodError('usage', `--${option} and --cpus cannot be set together`);
}

function invalid(option: string, text: string, reason: string): TspodError {
  return new TspodError('usage', `invalid value for --${option}: "${text}": ${reason}`);
}
