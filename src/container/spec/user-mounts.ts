import { mkdirSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { OciMount } from '../../runtime/oci-spec';
import { SUBPATH } from '../../runtime/mount-flags';
import type { UserMount } from '../../volume/types';
import { volumeData } from '../../volume/volume-backing';
import { loadVolume } from '../../volume/volume-record';
import { clearFolder } from '../rootfs/clear-folder';
import { overlayPaths, type OverlayPaths } from '../rootfs/overlay-paths';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';

const TMPFS_DEFAULTS = ['rw', 'rprivate', 'nosuid', 'nodev'];
/** What each option takes back of the defaults. */
const OPPOSITES: Readonly<Record<string, string>> = { ro: 'rw', suid: 'nosuid', dev: 'nodev' };
/** Directories that stay writable in a read-only root. */
const WRITABLE = ['/tmp', '/run', '/var/tmp'];

/** What the user mounts, and the writable directories of a read-only root. */
export function userMounts(ctx: Context, record: ContainerRecord): OciMount[] {
  const { mounts, readOnly, readOnlyTmpfs } = record.options;
  const own = mounts.map((mount, index) => toMount(ctx, record, mount, index));
  if (!readOnly || !readOnlyTmpfs) return own;
  const taken = new Set(own.map(({ destination }) => destination));
  const writable = WRITABLE.filter((path) => !taken.has(path));
  return [...writable.map((path) => tmpfsMount(path, [], true)), ...own];
}

function toMount(ctx: Context, record: ContainerRecord, mount: UserMount, index: number): OciMount {
  switch (mount.kind) {
    case 'bind':
      return bindMount(record, mount);
    case 'volume':
      return volumeMount(ctx, record, mount);
    case 'tmpfs':
      if (mount.type === undefined) return tmpfsMount(mount.target, mount.options, mount.copyUp);
      return { destination: mount.target, type: mount.type, source: mount.type, options: mount.options };
    case 'overlay':
      return overlayMount(ctx, record, mount, index);
    case 'image':
      return imageMount(ctx, record, mount, index);
  }
}

/** The monitor has put the image's layers together there (further/image-mounts.ts). */
function imageMount(
  ctx: Context,
  record: ContainerRecord,
  { target, readOnly, subpath }: Extract<UserMount, { kind: 'image' }>,
  index: number,
): OciMount {
  const source = `${containerPaths(ctx, record.id).directory}/image-${index}/merged`;
  const options = ['bind', 'rprivate', readOnly ? 'ro' : 'rw', ...subpathOption(subpath)];
  return { destination: target, type: 'bind', source, options };
}

/** Looked up by the helper, which lets no symbolic link lead out of the source. */
function subpathOption(subpath: string | undefined): string[] {
  return subpath === undefined ? [] : [`${SUBPATH}${subpath}`];
}

/** With the ids of all containers there is nothing to shift. */
function idmapOption({ idMaps }: ContainerRecord, { idmap }: { idmap?: boolean }): string[] {
  return idmap && idMaps !== undefined ? ['idmap'] : [];
}

function bindMount(record: ContainerRecord, mount: Extract<UserMount, { kind: 'bind' }>): OciMount {
  const options = [
    mount.recursive ? 'rbind' : 'bind',
    mount.propagation ?? 'rprivate',
    mount.readOnly ? 'ro' : 'rw',
    ...mount.options,
    ...idmapOption(record, mount),
  ];
  return { destination: mount.target, type: 'bind', source: mount.source, options: unique(options) };
}

function volumeMount(
  ctx: Context,
  record: ContainerRecord,
  mount: Extract<UserMount, { kind: 'volume' }>,
): OciMount {
  const volume = loadVolume(ctx, mount.name) ?? { name: mount.name };
  const backing = 'backing' in volume ? volume.backing : undefined;
  const bound = backing?.kind === 'bind' ? backing.options : ['rbind'];
  const defaults = ['nosuid', 'nodev'].filter((name) => !mount.options.includes(name.slice(2)));
  const propagation = mount.options.some((option) => /^r?(shared|slave|private|unbindable)$/.test(option));
  return {
    destination: mount.target,
    type: 'bind',
    source: volumeData(ctx, volume),
    options: unique([
      ...bound,
      ...(propagation ? [] : ['rprivate']),
      ...defaults,
      mount.readOnly || bound.includes('ro') ? 'ro' : 'rw',
      ...mount.options,
      ...idmapOption(record, mount),
      ...subpathOption(mount.subpath),
    ]),
  };
}

function tmpfsMount(target: string, given: readonly string[], copyUp: boolean): OciMount {
  const undone = new Set(given.map((option) => OPPOSITES[option]));
  const options = [
    ...TMPFS_DEFAULTS.filter((option) => !undone.has(option)),
    ...given.filter((option) => option !== 'tmpcopyup' && option !== 'notmpcopyup'),
    ...(copyUp ? ['tmpcopyup'] : []),
  ];
  return { destination: target, type: 'tmpfs', source: 'tmpfs', options: unique(options) };
}

/** What is written goes into the container's directory and is thrown away at the next start. */
function overlayMount(
  ctx: Context,
  record: ContainerRecord,
  mount: Extract<UserMount, { kind: 'overlay' }>,
  index: number,
): OciMount {
  const paths = overlayPaths(ctx, record, mount, index);
  if (mount.upper === undefined) {
    clearFolder(ctx, paths.folder);
    for (const path of [paths.upper, paths.work]) mkdirSync(path, { recursive: true, mode: 0o755 });
  }
  if (record.idMaps) return mountedOverlay(paths, mount.target);
  const options = [
    `lowerdir=${escapeLower(paths.lower)}`,
    `upperdir=${checkPath(paths.upper)}`,
    `workdir=${checkPath(paths.work)}`,
    'userxattr',
    'rprivate',
  ];
  return { destination: mount.target, type: 'overlay', source: 'overlay', options };
}

/** The root of a child user namespace may not pass through the user's directories: the monitor mounts it (overlay-paths.ts). */
function mountedOverlay({ merged }: OverlayPaths, target: string): OciMount {
  mkdirSync(merged, { recursive: true, mode: 0o755 });
  return { destination: target, type: 'bind', source: merged, options: ['bind', 'rprivate', 'rw'] };
}

function escapeLower(path: string): string {
  return checkPath(path).replaceAll('\\', '\\\\').replaceAll(':', '\\:');
}

function checkPath(path: string): string {
  if (!path.includes(',')) return path;
  throw new TspodError('usage', `an overlay cannot be mounted on "${path}": its path has a comma`);
}

function unique(options: string[]): string[] {
  return [...new Set(options)];
}
