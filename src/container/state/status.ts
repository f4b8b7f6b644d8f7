import { existsSync, readFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { isFrozen } from '../cgroup';
import { healContainer } from './heal';
import { containerPaths } from '../paths';
import { isProcess } from './process-time';
import { parseStatusFile, type StatusFile } from './status-file';

/** What a container is doing, in Podman's words. */
export type ContainerPhase = 'created' | 'initialized' | 'running' | 'paused' | 'exited';

/** The state of a container at one moment. */
export interface ContainerState {
  phase: ContainerPhase;
  /** The first process's, as the host sees it; 0 when none lives. */
  pid: number;
  /** Field 22 of /proc/PID/stat of that process. */
  startTime: number;
  monitorPid: number;
  /** 0 as long as it has not ended; -1 when nobody knows. */
  exitCode: number;
  oomKilled: boolean;
  /** Nanoseconds since 1970; undefined when it has not happened. */
  startedNs?: bigint;
  finishedNs?: bigint;
  restarts: number;
  /** Why it could not start, or why its exit status is unknown. */
  error: string;
  /** starting, healthy, unhealthy or stopped; absent without a health check. */
  health?: string;
  /** Its own control group's directory, when it lives and has one. */
  cgroup?: string;
  /** It was made with `--rm` and lost its monitor: it has been removed just now. */
  removed?: boolean;
}

/** States in which the container has a living process. */
export function isAlive(state: ContainerState): boolean {
  return state.phase !== 'created' && state.phase !== 'exited';
}

/**
 * The container's state. One whose monitor was killed, or that ran before a reboot, is put in order first: what is left
 * of it ends, and its status says 'exited' from then on.
 */
export function readState(ctx: Context, id: string): ContainerState {
  const status = readStatusFile(ctx, id);
  if (status === undefined) return { ...NOTHING };
  if (status.phase === 'exited') return exitedState(status);
  if (!hasMonitor(status)) {
    // it may have written its end, and ended, between the two looks
    if (!isSameRun(readStatusFile(ctx, id), status)) return readState(ctx, id);
    const healed = healContainer(ctx, id, status);
    return { ...exitedState(healed.status), ...(healed.removed ? { removed: true } : {}) };
  }
  return livingState(status);
}

/** The status file as it is; undefined when there is none, or none that is whole. */
export function readStatusFile(ctx: Context, id: string): StatusFile | undefined {
  const { status } = containerPaths(ctx, id);
  // lists meet many containers that never ran: asking is cheaper than catching
  if (!existsSync(status)) return undefined;
  try {
    return parseStatusFile(readFileSync(status, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whether the monitor that wrote this lives: its pid with its start time, in this boot of the machine. */
function hasMonitor(status: StatusFile): boolean {
  return isProcess(status.monitorPid, status.monitorStartTime) && status.bootId === currentBootId();
}

/** Whether the file still says that this monitor's container lives. */
function isSameRun(now: StatusFile | undefined, found: StatusFile): boolean {
  return now !== undefined && now.phase !== 'exited' && now.monitorPid === found.monitorPid;
}

let bootId: string | undefined;

/** The kernel's random id of this boot. */
export function currentBootId(): string {
  return (bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
}

const NOTHING: ContainerState = {
  phase: 'created',
  pid: 0,
  startTime: 0,
  monitorPid: 0,
  exitCode: 0,
  oomKilled: false,
  restarts: 0,
  error: '',
};

function baseState(status: StatusFile): ContainerState {
  return {
    ...NOTHING,
    oomKilled: status.oom,
    restarts: status.restarts,
    error: status.error,
    ...(status.health ? { health: status.health } : {}),
    ...(status.started > 0n ? { startedNs: status.started } : {}),
    ...(status.finished > 0n ? { finishedNs: status.finished } : {}),
  };
}

function exitedState(status: StatusFile): ContainerState {
  return { ...baseState(status), phase: 'exited', exitCode: status.code };
}

function livingState(status: StatusFile): ContainerState {
  const cgroup = status.pid > 0 && status.cgroup ? status.cgroup : undefined;
  return {
    ...baseState(status),
    phase: livingPhase(status, cgroup),
    pid: status.pid,
    startTime: status.startTime,
    monitorPid: status.monitorPid,
    ...(cgroup === undefined ? {} : { cgroup }),
  };
}

function livingPhase(status: StatusFile, cgroup: string | undefined): ContainerPhase {
  if (status.phase === 'initialized') return 'initialized';
  if (cgroup !== undefined && isFrozen(cgroup)) return 'paused';
  return 'running';
}
