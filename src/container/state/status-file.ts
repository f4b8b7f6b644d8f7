/** The phases that a monitor writes. */
export type StatusPhase = 'running' | 'initialized' | 'exited';

/** The content of a container's status file: `key=value` lines, written by its monitor. */
export interface StatusFile {
  phase: StatusPhase;
  pid: number;
  startTime: number;
  monitorPid: number;
  monitorStartTime: number;
  bootId: string;
  /** Nanoseconds since 1970; 0 when it has not happened. */
  started: bigint;
  finished: bigint;
  code: number;
  oom: boolean;
  restarts: number;
  error: string;
  netPid: number;
  /** Its control group's directory while it lives; empty when it has none. */
  cgroup: string;
  /** starting, healthy, unhealthy or stopped; empty without a health check. */
  health: string;
}

const PHASES: Readonly<Record<string, StatusPhase>> = {
  running: 'running',
  initialized: 'initialized',
  exited: 'exited',
};

/** Reads the text of a status file; undefined when it is not one (cut off by a power loss). */
export function parseStatusFile(text: string): StatusFile | undefined {
  const values: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    if (equals > 0) values[line.slice(0, equals)] = line.slice(equals + 1);
  }
  const phase = PHASES[values['phase'] ?? ''];
  if (phase === undefined || values['version'] !== '1') return undefined;
  const number = (key: string): number => Number(values[key] ?? 0) || 0;
  const moment = (key: string): bigint => (/^\d+$/.test(values[key] ?? '') ? BigInt(values[key] ?? 0) : 0n);
  return {
    phase,
    pid: number('pid'),
    startTime: number('starttime'),
    monitorPid: number('monitor_pid'),
    monitorStartTime: number('monitor_starttime'),
    bootId: values['boot_id'] ?? '',
    started: moment('started'),
    finished: moment('finished'),
    code: number('code'),
    oom: values['oom'] === '1',
    restarts: number('restarts'),
    error: values['error'] ?? '',
    netPid: number('net_pid'),
    cgroup: values['cgroup'] ?? '',
    health: values['health'] ?? '',
  };
}

/** The text of a status file, as the monitor writes it. */
export function formatStatusFile(status: StatusFile): string {
  const lines = [
    'version=1',
    `phase=${status.phase}`,
    `pid=${status.pid}`,
    `starttime=${status.startTime}`,
    `monitor_pid=${status.monitorPid}`,
    `monitor_starttime=${status.monitorStartTime}`,
    `boot_id=${status.bootId}`,
    `started=${status.started}`,
    `finished=${status.finished}`,
    `code=${status.code}`,
    `oom=${status.oom ? 1 : 0}`,
    `restarts=${status.restarts}`,
    `net_pid=${status.netPid}`,
  ];
  if (status.cgroup) lines.push(`cgroup=${status.cgroup}`);
  if (status.health) lines.push(`health=${status.health}`);
  if (status.error) lines.push(`error=${status.error}`);
  return `${lines.join('\n')}\n`;
}
