import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { mountPoints, unmountAll } from '../../runtime/mounts';
import { addSharedMount } from '../../runtime/shared-mount';
import { runTreePlan, treePlan } from '../../runtime/tree';
import { volumeMount } from '../../volume/volume-backing';
import { volumePaths, type VolumeRecord } from '../../volume/volume-record';
import { checkedData } from './export-volume';

/**
 * Where a volume's content can be seen; what has to be mounted for that is mounted in this mount namespace. Error `usage`
 * outside of `tspod unshare` for such a volume, 'state' where a container has it in memory.
 */
export function addVolumeMount(ctx: Context, volume: VolumeRecord): string {
  const mount = volumeMount(ctx, volume);
  if (mount === undefined || mountPoints().has(mount.target)) return checkedData(ctx, volume);
  if (!ctx.hasIds)
    throw new TspodError(
      'usage',
      `volume "${volume.name}" has to be mounted: that is possible inside \`tspod unshare\` only`,
      {
        hint: `tspod unshare sh -c 'cd "$(tspod volume mount ${volume.name})" && ls'`,
      },
    );
  const plan = treePlan(ctx);
  addSharedMount(plan, mount);
  runTreePlan(ctx, plan, `mounting volume "${volume.name}"`);
  return mount.target;
}

/** Lets go of it; what is not mounted is no error. */
export function removeVolumeMount(ctx: Context, volume: VolumeRecord): void {
  const { data } = volumePaths(ctx, volume.name);
  if (mountPoints().has(data)) unmountAll(ctx, [data]);
}
