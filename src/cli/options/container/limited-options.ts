import { TspodError } from '../../../lib/errors';

/** Options that tspod accepts only with a value that changes nothing. */
export const LIMITED_OPTIONS = {
  'disable-content-trust': {
    type: 'boolean',
    description: 'Accepted for Docker, does nothing',
    hidden: true,
  },
  'oom-kill-disable': { type: 'boolean', description: 'Only false, the default', hidden: true },
} as const;

/** The values that are accepted, and why no other is. */
const ACCEPTED: Record<string, { values: readonly unknown[]; reason: string }> = {
  'memory-swappiness': { values: [-1], reason: 'cgroup version 2 has no such setting' },
  'oom-kill-disable': { values: [false], reason: 'cgroup version 2 has no such setting' },
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
