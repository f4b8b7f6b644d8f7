import type { UserMount } from './types';

/** The name of the volume that a mount shows or lies on; undefined when it is none. */
export function volumeOf(mount: UserMount): string | undefined {
  if (mount.kind === 'volume') return mount.name;
  return mount.kind === 'overlay' ? mount.volume : undefined;
}
