import { formatDuration } from '../../lib/duration';
import { goMap } from '../../lib/go-template/values';
import { binarySize, humanSize } from '../../lib/size';
import { formatRate } from '../../network/parse-network-rate';
import type { ContainerStats } from './container-stats';

/** Everything that a template of `stats` may ask for, by Podman's names. */
export function statsFields(stats: ContainerStats, id: string): Record<string, unknown> {
  const { memory, memoryLimit } = stats;
  const fields = {
    ...rawFields(stats),
    ID: id,
    CPUPerc: percent(stats.cpuPercent),
    AVGCPU: percent(stats.cpuAverage),
    MemUsage: pair(memory, memoryLimit, humanSize),
    MemUsageBytes: pair(memory, memoryLimit, binarySize),
    MemPerc: percent(memoryShare(stats)),
    NetIO: netIo(stats),
    NetRate: rateText(stats),
    BlockIO: pair(stats.read, stats.written, humanSize),
    PIDS: String(stats.tasks),
    UpTime: formatDuration(stats.cpu / 1000),
    Up: formatDuration(stats.cpu / 1000),
    Network: goMap(stats.network),
  };
  return Object.defineProperty(fields, 'toJSON', {
    value: () => ({ ...rawFields(stats), SystemNano: Number(stats.at) }),
  });
}

/** One container of `stats --format json`, with Podman's keys. */
export function statsJson(stats: ContainerStats, id: string): Record<string, string> {
  return {
    id,
    name: stats.name,
    cpu_time: formatDuration(stats.cpu / 1000),
    cpu_percent: percent(stats.cpuPercent),
    avg_cpu: percent(stats.cpuAverage),
    mem_usage: pair(stats.memory, stats.memoryLimit, humanSize),
    mem_percent: percent(memoryShare(stats)),
    net_io: netIo(stats),
    ...(stats.networkRate ? { net_rate: rateText(stats) } : {}),
    block_io: pair(stats.read, stats.written, humanSize),
    pids: String(stats.tasks),
  };
}

/** The record that `{{json .}}` shows; times in nanoseconds. */
function rawFields(stats: ContainerStats): Record<string, unknown> {
  const cpu = stats.cpu * 1000;
  return {
    AvgCPU: stats.cpuAverage,
    ContainerID: stats.id,
    Name: stats.name,
    PerCPU: null,
    CPU: stats.cpuPercent,
    CPUNano: cpu,
    CPUSystemNano: stats.systemCpu,
    SystemNano: stats.at,
    MemUsage: stats.memory,
    MemLimit: stats.memoryLimit,
    MemPerc: memoryShare(stats),
    Network: Object.keys(stats.network).length > 0 ? stats.network : null,
    BlockInput: stats.read,
    BlockOutput: stats.written,
    PIDs: stats.tasks,
    UpTime: cpu,
    Duration: cpu,
  };
}

function memoryShare({ memory, memoryLimit }: ContainerStats): number {
  return memoryLimit > 0 ? (memory / memoryLimit) * 100 : 0;
}

function netIo({ network }: ContainerStats): string {
  const all = Object.values(network);
  const received = all.reduce((sum, { RxBytes }) => sum + RxBytes, 0);
  const sent = all.reduce((sum, { TxBytes }) => sum + TxBytes, 0);
  return pair(received, sent, humanSize);
}

/** The limits of what comes and of what goes, as NetIO has them. */
function rateText({ networkRate: rate }: ContainerStats): string {
  if (rate === undefined) return '--';
  const text = (bits: number | undefined): string => (bits === undefined ? '--' : formatRate(bits));
  return `${text(rate.ingress)} / ${text(rate.egress)}`;
}

function percent(value: number): string {
  return `${value.toFixed(2)}%`;
}

function pair(a: number, b: number, size: (bytes: number) => string): string {
  return `${size(a)} / ${size(b)}`;
}
