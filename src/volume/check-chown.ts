import { homedir } from 'node:os';
import { TspodError } from '../lib/errors';

/** What a machine cannot do without; the list is Podman's. */
const SYSTEM = new Set(
  (
    '/ /bin /boot /dev /etc /etc/passwd /etc/pki /etc/shadow /home /lib /lib64 /media /opt /proc /root /run /sbin ' +
    '/srv /sys /tmp /usr /var /var/lib /var/log'
  ).split(' '),
);

/** Refuses to give a system directory, or the user's whole home, to a container's user. Throws 'usage'. */
export function checkChown(path: string): void {
  if (!SYSTEM.has(path) && path !== homedir()) return;
  throw new TspodError('usage', `chowning host path "${path}" is not allowed`, {
    hint: 'mount a directory below it, or leave the option U out',
  });
}
