import { TspodError } from '../../../lib/errors';

/** Options that tspod accepts only with a value that changes nothing. */
export const LIMITED_OPTIONS = {
  'disable-content-trust': {
    type: 'boolean',
    description: 'Accepted for Docker, does nothing',
    hidden: true,
  },
  'oom-kill-disable': { type: 'boolean', description: 'Only false, the default', hidden: true },
  sdnotify: { type: 'string', value: 'MODE', description: 'Only ignore', hidden: true },
  systemd: { type: 'string', value: 'MODE', optional: 'true', description: 'Only false', hidden: true },
} as const;

/** The values that are accepted, and why no other is. */
const ACCEPTED: Record<string, { values: readonly unknown[]; reason: string }> = {
  'memory-swappiness': { values: [-1], reason: 'cgroup version 2 has no such setting' },
  'oom-kill-disable': { values: [false], reason: 'cgroup version 2 has no such setting' },
  sdnotify: { values: ['ignore'], reason: 'notifications are not built yet' },
  systemd: { values: ['false'], reason: 'systemd in containers is not built yet' },
  'image-volume': {
    values: ['anonymous', 'bind', 'tmpfs', 'ignore'],
    reason: 'there is no such way to make volumes',
  },
};

/** Refuses options whose value would have to change something. Throws 'unsupported'. */
export function checkLimited(flags: Readonly<Record<string, unknown>>): void {
  for (const [name, { values, reason }] of Object.entries(ACCEPTED)) {
    const value = flags[name];
    if (value === undefined || values.includes(value)) continue;
    throw new TspodError('unsupported', `--${name}=${String(value)} is not supported: ${reason}`, {
      hint: `the only value is ${values.join(' or ')}`,
    });
  }
}
