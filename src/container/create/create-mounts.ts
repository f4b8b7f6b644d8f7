import { statSync } from 'node:fs';
import type { ImageRunConfig } from '../../image/format/image-config';
import type { Context } from '../../lib/context';
import { describeError, isErrno, TspodError } from '../../lib/errors';
import { randomId } from '../../lib/id';
import { ensureVolume } from '../../volume/create-volume';
import type { UserMount } from '../../volume/types';
import type { ContainerOptions } from '../record';
import { expandDevice } from '../spec/device-mounts';

/** The mounts of a new container: the user's, and volumes that the image asks for; anonymous ones get names. */
export function planMounts(options: ContainerOptions, image: ImageRunConfig): UserMount[] {
  const targets = new Set(options.mounts.map(({ target }) => target));
  const ofImage = options.imageVolumes === 'ignore' ? [] : Object.keys(image.Volumes ?? {});
  const added = ofImage
    .map((path) => path.replace(/(.)\/+$/, '$1'))
    .filter((path) => path.startsWith('/') && path !== '/' && !targets.has(path))
    .map((target) => imageVolume(target, options.imageVolumes));
  return [...options.mounts, ...added].map((mount) =>
    mount.kind === 'volume' && mount.name === '' ? { ...mount, name: randomId() } : mount,
  );
}

/** Checks that what is bound is there. Throws 'not-found'. */
export function checkSources(mounts: readonly UserMount[], { devices }: ContainerOptions): void {
  for (const mount of mounts) {
    if (mount.kind === 'bind' || (mount.kind === 'overlay' && mount.volume === undefined))
      checkSource(mount.source);
  }
  for (const device of devices) expandDevice(device);
}

/** Makes the volumes that are not there yet, and returns the names of the anonymous ones. */
export function ensureVolumes(ctx: Context, mounts: readonly UserMount[]): string[] {
  const anonymous: string[] = [];
  for (const mount of mounts) {
    if (mount.kind === 'overlay' && mount.volume !== undefined)
      ensureVolume(ctx, mount.volume, { anonymous: false });
    if (mount.kind !== 'volume') continue;
    const settings = mount.settings === undefined ? {} : { settings: mount.settings };
    ensureVolume(ctx, mount.name, { anonymous: mount.anonymous, ...settings });
    if (mount.anonymous) anonymous.push(mount.name);
  }
  return anonymous;
}

function imageVolume(target: string, mode: ContainerOptions['imageVolumes']): UserMount {
  if (mode === 'tmpfs') return { kind: 'tmpfs', target, options: [], copyUp: true };
  return {
    ...{ kind: 'volume', name: '', anonymous: true, target },
    ...{ readOnly: false, options: [], noCopy: false, chown: false },
  } as UserMount;
}

function checkSource(path: string): void {
  try {
    statSync(path);
  } catch (error) {
    throw new TspodError('not-found', `statfs ${path}: ${describeError(error).replace(/^.*: /, '')}`, {
      hint: sourceHint(path, error),
      cause: error,
    });
  }
}

function sourceHint(path: string, error: unknown): string {
  if (isErrno(error, 'ENOTDIR')) return 'something above it is a file (see: namei -l PATH)';
  return isErrno(error, 'EACCES', 'EPERM')
    ? 'a container can do no more than you: a directory above it lets you not pass (see: namei -l PATH)'
    : `make it first: mkdir -p ${path}`;
}
