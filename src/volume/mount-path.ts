import { homedir } from 'node:os';
import { posix } from 'node:path';
import { TspodError } from '../lib/errors';

/** A mount's target: an absolute path, normalised. Throws 'usage', also for the root itself. */
export function mountTarget(text: string): string {
  if (!text.startsWith('/')) {
    throw new TspodError('usage', `invalid container path "${text}", must be an absolute path`);
  }
  const path = posix.normalize(text).replace(/(.)\/$/, '$1');
  if (path === '/')
    throw new TspodError('usage', 'invalid container path "/": the root cannot be mounted over');
  return path;
}

/** A path on the host: relative ones count from the current directory, `~/` from the home directory. */
export function hostPath(text: string): string {
  const expanded = text === '~' || text.startsWith('~/') ? homedir() + text.slice(1) : text;
  return posix.resolve(expanded);
}

/** Whether a volume's source names a path rather than a volume. */
export function isPath(text: string): boolean {
  return text.startsWith('/') || text.startsWith('.') || text.startsWith('~');
}

/** A volume name as Podman allows it. Throws 'usage'. */
export function volumeName(text: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(text)) return text;
  throw new TspodError(
    'usage',
    `invalid volume name "${text}": names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*`,
    {
      hint: 'a path on the host begins with / or ./',
    },
  );
}
