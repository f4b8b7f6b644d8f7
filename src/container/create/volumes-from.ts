import { writeFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { wrapError } from '../../lib/errors';
import type { UserMount } from '../../volume/types';
import { volumePaths } from '../../volume/volume-record';
import { findContainer } from '../find';
import { parseVolumesFrom } from '../options/parse-volumes-from';
import type { ContainerOptions } from '../record';

/**
 * The mounts of `--volumes-from`, behind the container's own, which win. Temporary file systems cannot be shared and are
 * left out with a warning, as Podman does. Throws 'not-found'.
 */
export function mountsFromOthers(ctx: Context, { mounts, volumesFrom = [] }: ContainerOptions): UserMount[] {
  const found = new Map<string, UserMount>();
  for (const text of volumesFrom) for (const mount of mountsOf(ctx, text)) found.set(mount.target, mount);
  for (const { target } of mounts) found.delete(target);
  return [...mounts, ...found.values()];
}

function mountsOf(ctx: Context, text: string): UserMount[] {
  const { container, readOnly } = parseVolumesFrom(text);
  return mountsOfContainer(ctx, container).flatMap((mount) => {
    if (mount.kind === 'tmpfs') {
      ctx.log('warn', `--volumes-from ${container}: the tmpfs on ${mount.target} cannot be shared`);
      return [];
    }
    const shared = mount.kind === 'volume' ? shareVolume(ctx, mount) : mount;
    return [readOnly === undefined || shared.kind === 'overlay' ? shared : { ...shared, readOnly }];
  });
}

/** An anonymous volume goes with its container no longer: its monitor looks for the mark (native/monitor_cleanup.c). */
function shareVolume<M extends UserMount & { kind: 'volume' }>(ctx: Context, mount: M): M {
  if (mount.anonymous) writeFileSync(`${volumePaths(ctx, mount.name).directory}/shared`, '');
  return { ...mount, anonymous: false };
}

function mountsOfContainer(ctx: Context, name: string): readonly UserMount[] {
  try {
    return findContainer(ctx, name).options.mounts;
  } catch (error) {
    throw wrapError(`looking up container "${name}" for volumes-from`, error);
  }
}
