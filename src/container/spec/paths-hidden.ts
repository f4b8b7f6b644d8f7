import type { ContainerOptions } from '../record';

/** What a container must not read: Podman's list. */
const MASKED = [
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
  '/sys/fs/selinux',
];

/** What a container must not write: Podman's list. */
const READONLY = ['/proc/asound', '/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** Hidden and read-only paths after `mask=` and `unmask=`; a privileged container has only those that were asked for. */
export function hiddenPaths({ privileged, security, network }: ContainerOptions): {
  masked: string[];
  readonly: string[];
} {
  // the host's whole /sys is bound then
  const masked = network.kind === 'host' ? [...MASKED, '/sys/kernel'] : MASKED;
  const keep = (path: string): boolean => !privileged && !isUnmasked(path, security.unmask);
  return {
    masked: [...new Set([...masked.filter(keep), ...security.mask])],
    readonly: READONLY.filter(keep),
  };
}

function isUnmasked(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => pattern === 'ALL' || matches(path, pattern));
}

/** `*` and `?` stand for characters other than a slash, as in Go's path.Match. */
function matches(path: string, pattern: string): boolean {
  const source = pattern
    .replace(/\/+$/, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  return new RegExp(`^${source}$`).test(path);
}
