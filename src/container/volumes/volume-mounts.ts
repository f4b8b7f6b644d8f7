import { rmSync, statSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { describeError, TspodError } from '../../lib/errors';
import type { Plan } from '../../runtime/plan';
import { addSharedMount } from '../../runtime/shared-mount';
import { UNUSED_MARK } from '../../volume/create-volume';
import { volumeMount } from '../../volume/volume-backing';
import { volumeOf } from '../../volume/volume-of';
import { loadVolume, volumePaths, type VolumeRecord } from '../../volume/volume-record';
import type { ContainerRecord } from '../record';

/** What the monitor mounts so that the content of a container's volumes can be seen. Throws 'not-found', 'machine'. */
export function addVolumeMounts(plan: Plan, ctx: Context, record: ContainerRecord): void {
  for (const volume of volumesOf(ctx, record)) {
    if (volume.backing?.kind === 'bind') checkSource(volume, volume.backing.source);
    const mount = volumeMount(ctx, volume);
    if (mount !== undefined) addSharedMount(plan, mount);
  }
}

/** A volume that has been given to a container's user, or filled, is nobody else's first. */
export function markUsed(ctx: Context, record: ContainerRecord): void {
  for (const { name, backing } of volumesOf(ctx, record))
    if (backing?.kind === 'image')
      rmSync(`${volumePaths(ctx, name).directory}/${UNUSED_MARK}`, { force: true });
}

/** Each once. */
function volumesOf(ctx: Context, { options }: ContainerRecord): VolumeRecord[] {
  const names = new Set(options.mounts.flatMap((mount) => volumeOf(mount) ?? []));
  return [...names].flatMap((name) => loadVolume(ctx, name) ?? []);
}

function checkSource({ name }: VolumeRecord, source: string): void {
  try {
    statSync(source);
  } catch (error) {
    throw new TspodError(
      'not-found',
      `volume "${name}": its device "${source}": ${describeError(error).replace(/^.*: /, '')}`,
      {
        hint: `make it first: mkdir -p ${source}`,
        exitCode: 126,
        cause: error,
      },
    );
  }
}
