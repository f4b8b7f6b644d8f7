import type { Context } from '../../lib/context';
import type { Plan } from '../../runtime/plan';
import { PLAN } from '../../runtime/protocol';
import type { UserMount } from '../../volume/types';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';
import { volumeDirectory } from '../volumes/volume-owners';

/** The directories of a mount with the option O. */
export interface OverlayPaths {
  folder: string;
  lower: string;
  upper: string;
  work: string;
  /** Where the monitor mounts it for a container with an id map of its own. */
  merged: string;
}

/** Where the mount at this place among the container's lies. */
export function overlayPaths(
  ctx: Context,
  { id }: ContainerRecord,
  { source, volume, upper, work }: Extract<UserMount, { kind: 'overlay' }>,
  index: number,
): OverlayPaths {
  const folder = `${containerPaths(ctx, id).directory}/overlay-${index}`;
  return {
    folder,
    lower: volume === undefined ? source : volumeDirectory(ctx, volume),
    upper: upper ?? `${folder}/upper`,
    work: work ?? `${folder}/work`,
    merged: `${folder}/merged`,
  };
}

/** What the monitor mounts for a container with an id map of its own. */
export function addOverlayMounts(plan: Plan, ctx: Context, record: ContainerRecord): void {
  if (record.idMaps === undefined) return;
  for (const [index, mount] of record.options.mounts.entries()) {
    if (mount.kind !== 'overlay') continue;
    const { merged, upper, work, lower } = overlayPaths(ctx, record, mount, index);
    plan.add('ROOTFS_OVERLAY', merged, upper, work, PLAN.OVERLAY_USERXATTR, lower);
  }
}
