import { nowNs } from '../../lib/time';
import type { Rate } from '../../network/bridge-types';
import type { ListedContainer } from '../list/list';
import { readProcFile } from '../state/process-time';
import { isAlive } from '../state/status';
import { groupUsage, type Usage } from './group-usage';
import { networkUsage, type InterfaceUsage } from './network-usage';
import { groupProcesses, namespaceProcesses, processUsage } from './process-usage';

/** What one container uses at one moment. Times in microseconds, sizes in bytes. */
export interface ContainerStats {
  id: string;
  name: string;
  /** Processor time since its start, and that of the kernel for it. */
  cpu: number;
  systemCpu: number;
  /** Of one processor, since the last look; at first since its start. */
  cpuPercent: number;
  /** The mean of all looks so far. */
  cpuAverage: number;
  looks: number;
  memory: number;
  memoryLimit: number;
  read: number;
  written: number;
  tasks: number;
  network: Record<string, InterfaceUsage>;
  /** Its limits; absent: none. */
  networkRate?: Rate;
  /** Nanoseconds since 1970. */
  at: bigint;
  /** What no control group tells: `group` when it has none, else the controllers that are missing. */
  missing: readonly string[];
}

/** Looks at containers; `earlier` are the results of the last look. Those that do not run use nothing. */
export function readStats(
  containers: readonly ListedContainer[],
  earlier: ReadonlyMap<string, ContainerStats> = new Map(),
): ContainerStats[] {
  const total = memoryOfMachine();
  const strays = containers.filter(({ state }) => isAlive(state) && state.cgroup === undefined);
  const processes =
    strays.length > 0
      ? namespaceProcesses(strays.map(({ state }) => state.pid))
      : new Map<number, number[]>();
  return containers.map((each) => {
    if (!isAlive(each.state)) return nothing(each);
    const { usage, missing } = usageOf(each, processes);
    const stats: ContainerStats = {
      ...nothing(each),
      ...required(usage),
      memoryLimit: Math.min(usage.memoryLimit ?? total, total),
      network: hasHostNetwork(each) ? {} : networkUsage(each.state.pid),
      missing,
    };
    return { ...stats, ...share(stats, each, earlier.get(stats.id)) };
  });
}

function nothing({ record }: ListedContainer): ContainerStats {
  return {
    id: record.id,
    name: record.name,
    ...required({}),
    cpuPercent: 0,
    cpuAverage: 0,
    looks: 0,
    memoryLimit: 0,
    network: {},
    ...(record.options.networkRate ? { networkRate: record.options.networkRate } : {}),
    at: nowNs(),
    missing: [],
  };
}

function required({ cpu = 0, systemCpu = 0, memory = 0, read = 0, written = 0, tasks = 0 }: Usage) {
  return { cpu, systemCpu, memory, read, written, tasks };
}

/** What the group does not tell is summed up from its processes. */
function usageOf(
  { state }: ListedContainer,
  processes: ReadonlyMap<number, number[]>,
): { usage: Usage; missing: string[] } {
  const { cgroup, pid } = state;
  if (cgroup === undefined) return { usage: processUsage(processes.get(pid) ?? [pid]), missing: ['group'] };
  const usage = groupUsage(cgroup);
  const missing = [
    ...(usage.memory === undefined ? ['memory'] : []),
    ...(usage.tasks === undefined ? ['pids'] : []),
    ...(usage.read === undefined ? ['io'] : []),
  ];
  const hasAll = usage.memory !== undefined && usage.tasks !== undefined;
  return { usage: hasAll ? usage : { ...processUsage(groupProcesses(cgroup)), ...usage }, missing };
}

function hasHostNetwork({ record }: ListedContainer): boolean {
  return record.options.network.kind === 'host';
}

/** A container that was restarted meanwhile begins anew. */
function share(
  stats: ContainerStats,
  { state }: ListedContainer,
  earlier: ContainerStats | undefined,
): Pick<ContainerStats, 'cpuPercent' | 'cpuAverage' | 'looks'> {
  const last = earlier && earlier.looks > 0 && earlier.cpu <= stats.cpu ? earlier : undefined;
  const since = last?.at ?? state.startedNs ?? stats.at;
  const microseconds = Number(stats.at - since) / 1000;
  const used = stats.cpu - (last?.cpu ?? 0);
  const cpuPercent = microseconds > 0 ? (used / microseconds) * 100 : 0;
  const looks = last?.looks ?? 0;
  return {
    cpuPercent,
    cpuAverage: ((last?.cpuAverage ?? 0) * looks + cpuPercent) / (looks + 1),
    looks: looks + 1,
  };
}

function memoryOfMachine(): number {
  const kib = /^MemTotal:\s+(\d+)/m.exec(readProcFile('/proc/meminfo') ?? '')?.[1];
  return Number(kib ?? 0) * 1024;
}
