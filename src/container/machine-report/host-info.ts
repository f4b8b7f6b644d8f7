import { existsSync, readFileSync } from 'node:fs';
import { cpus, hostname, uptime } from 'node:os';
import type { Context } from '../../lib/context';
import { VERSION } from '../../lib/version';
import { readOsRelease } from '../../config/os-release';
import { cgroupPlace } from '../../runtime/cgroup-place';
import { findProgram } from '../../sys/programs';
import { subordinateIds } from '../../sys/subids';
import { DEFAULT_CAPABILITIES } from '../capabilities';
import { goArchitecture } from './version-info';

/** `host` of `info`, with all of Podman's keys: those of programs that tspod does not use are empty. */
export function hostInfo(ctx: Context) {
  const place = cgroupPlace(ctx);
  const memory = memoryInfo();
  return {
    arch: goArchitecture(),
    cgroupControllers: place.kind === 'none' ? [] : place.controllers,
    cgroupManager: place.kind === 'scope' ? 'systemd' : place.kind === 'directory' ? 'cgroupfs' : 'disabled',
    cgroupVersion: 'v2',
    conmon: { package: 'tspod', path: ctx.paths.helper, version: `tspod ${VERSION}` },
    cpuUtilization: cpuUtilization(),
    cpus: cpus().length,
    distribution: distribution(),
    eventLogger: ctx.overrides?.eventsBackend ?? ctx.defaults?.events?.logger ?? 'file',
    hostname: hostname(),
    idMappings: idMappings(ctx),
    kernel: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim(),
    logDriver: 'k8s-file',
    memFree: memory('MemFree'),
    memTotal: memory('MemTotal'),
    ...NOT_USED,
    ociRuntime: {
      name: 'tspod-helper',
      package: 'tspod',
      path: ctx.paths.helper,
      version: `tspod ${VERSION}`,
    },
    os: 'linux',
    pasta: program(ctx, 'pasta'),
    rootlessNetworkCmd: ctx.defaults?.networkHelper ?? 'slirp4netns',
    security: security(ctx),
    slirp4netns: program(ctx, 'slirp4netns'),
    swapFree: memory('SwapFree'),
    swapTotal: memory('SwapTotal'),
    uptime: uptimeText(uptime()),
  };
}

/** Keys of Podman's for what tspod does without. */
const NOT_USED = {
  buildahVersion: '',
  databaseBackend: '',
  freeLocks: null,
  linkmode: 'static',
  networkBackend: '',
  networkBackendInfo: { backend: '', dns: {} },
  remoteSocket: { path: '', exists: false },
  serviceIsRemote: false,
  variant: '',
};

/** Bytes by the name of a line of /proc/meminfo. */
function memoryInfo(): (name: string) => number {
  const text = readFileSync('/proc/meminfo', 'utf8');
  return (name) => Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
}

/** Percent of the time since the machine was started. */
function cpuUtilization() {
  const [user = 0, nice = 0, system = 0, idle = 0, ...rest] = (
    readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? ''
  )
    .split(/ +/)
    .slice(1)
    .map(Number);
  const all = [user, nice, system, idle, ...rest].reduce((sum, each) => sum + each, 0) || 1;
  const percent = (ticks: number): number => Math.round((ticks / all) * 10_000) / 100;
  return {
    userPercent: percent(user + nice),
    systemPercent: percent(system),
    idlePercent: percent(idle),
  };
}

function distribution() {
  const system = readOsRelease();
  const codename = system['VERSION_CODENAME'];
  return {
    ...(codename === undefined ? {} : { codename }),
    distribution: system['ID'] ?? 'unknown',
    version: system['VERSION_ID'] ?? '',
  };
}

function idMappings(ctx: Context) {
  const ids = ctx.uid === 0 ? { uids: [], gids: [] } : subordinateIds(ctx);
  const map = ({ container, host, size }: (typeof ids.uids)[number]) => ({
    container_id: container,
    host_id: host,
    size,
  });
  return { gidmap: ids.gids.map(map), uidmap: ids.uids.map(map) };
}

function program(ctx: Context, name: string) {
  return { executable: findProgram(ctx, name) ?? '', package: '', version: '' };
}

function security(ctx: Context) {
  return {
    apparmorEnabled: existsSync('/sys/kernel/security/apparmor/profiles') && ctx.uid === 0,
    capabilities: DEFAULT_CAPABILITIES.join(','),
    rootless: ctx.uid !== 0,
    seccompEnabled: true,
    seccompProfilePath: '',
    selinuxEnabled: existsSync('/sys/fs/selinux/enforce'),
  };
}

/** As Podman words it: `5h 3m 2.00s (Approximately 0.21 days)`. */
function uptimeText(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const text = `${hours}h ${minutes}m ${(seconds % 60).toFixed(2)}s`;
  return hours === 0 ? text : `${text} (Approximately ${(seconds / 86_400).toFixed(2)} days)`;
}
