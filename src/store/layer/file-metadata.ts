import { chmodSync, lchownSync, utimesSync } from 'node:fs';
import { TspodError, describeError, isErrno } from '../../lib/errors';
import { setTimes } from '../../sys/special-files';
import { setXattr } from '../../sys/xattr';
import type { TarEntry } from '../tar/entry';

/** What can be said about one attribute that was left out. */
export type Warn = (message: string) => void;

/** Gives `path` the owner, mode and extended attributes of the entry; its times are set by `applyTimes`. */
export function applyMetadata(path: Buffer, entry: TarEntry, created: { mode: number }, warn: Warn): void {
  if (entry.uid !== 0 || entry.gid !== 0) changeOwner(path, entry);
  // chown(2) clears set-uid bits and file capabilities: what follows has to follow
  if (entry.type !== 'symlink' && (entry.mode !== created.mode || (entry.mode & 0o6000) !== 0)) {
    chmodSync(path, entry.mode);
  }
  for (const [name, value] of entry.xattrs) applyXattr(path, name, value, warn);
}

/** Sets the modification time (and the access time to the same). */
export function applyTimes(path: Buffer, entry: TarEntry): void {
  const { seconds, nanoseconds } = entry.mtime;
  const isPlain = nanoseconds === 0 && seconds >= 0 && entry.type !== 'symlink';
  if (isPlain) utimesSync(path, seconds, seconds);
  else setTimes(path, entry.mtime);
}

function changeOwner(path: Buffer, entry: TarEntry): void {
  try {
    lchownSync(path, entry.uid, entry.gid);
  } catch (error) {
    if (!isErrno(error, 'EINVAL', 'EPERM', 'EOVERFLOW')) throw error;
    throw new TspodError(
      'machine',
      `owner ${entry.uid}:${entry.gid} is not among the ids that this user has`,
      {
        hint: 'give the user more with "sudo usermod --add-subuids FIRST-LAST --add-subgids FIRST-LAST USER"; they count when none of its containers runs',
        cause: error,
      },
    );
  }
}

/** Namespaces whose attributes a layer cannot bring in: they steer overlayfs itself, or belong to the host's policy. */
const reserved = [
  'trusted.',
  'user.overlay.',
  'security.selinux',
  'security.ima',
  'security.evm',
  'system.nfs4',
];

/** Whether a layer cannot bring in an extended attribute of this name. */
export function isReservedXattr(name: string): boolean {
  return reserved.some((prefix) => name.startsWith(prefix));
}

function applyXattr(path: Buffer, name: string, value: Buffer, warn: Warn): void {
  if (isReservedXattr(name)) {
    warn(`extended attribute ${JSON.stringify(name)} left out`);
    return;
  }
  try {
    setXattr(path, name, value);
  } catch (error) {
    const isOptional =
      isErrno(error, 'ENOTSUP', 'EOPNOTSUPP') || (isErrno(error, 'EPERM') && name.startsWith('user.'));
    if (!isOptional)
      throw new TspodError('system', `extended attribute ${JSON.stringify(name)}: ${reason(error)}`, {
        cause: error,
      });
    warn(`extended attribute ${JSON.stringify(name)} left out: ${reason(error)}`);
  }
}

function reason(error: unknown): string {
  return describeError(error).replace(/^.*: /s, '');
}
