import type { Context } from '../../lib/context';
import { listVolumes } from '../../volume/volume-record';
import { measuredVolume } from '../../volume/volume-backing';
import type { VolumeRecord } from '../../volume/volume-record';
import { listContainers } from '../list/list';
import type { ListedContainer } from '../list/list';
import { measuredLayer } from './container-disk';
import { measure } from './measure';
import { isAlive } from '../state/status';
import { volumeUsers } from '../volumes/volume-users';

/** The room that a container's own layer takes up, in bytes. */
export interface ContainerUsage {
  container: ListedContainer;
  size: number;
  isActive: boolean;
}

/** The room that a volume takes up, in bytes, and how many containers use it. */
export interface VolumeUsage {
  volume: VolumeRecord;
  size: number;
  links: number;
}

/** The sizes of all containers and volumes, sums of file sizes; one run of the helper walks them all. */
export function diskUsage(ctx: Context): { containers: ContainerUsage[]; volumes: VolumeUsage[] } {
  const containers = listContainers(ctx);
  const volumes = listVolumes(ctx);
  const users = volumeUsers(ctx);
  const sizes = measure(ctx, [
    ...containers.map(({ record }) => measuredLayer(ctx, record)),
    ...volumes.map((volume) => measuredVolume(ctx, volume)),
  ]);
  return {
    containers: containers.map((container, at) => ({
      container,
      size: sizes[at] ?? 0,
      isActive: isAlive(container.state),
    })),
    volumes: volumes.map((volume, at) => ({
      volume,
      size: sizes[containers.length + at] ?? 0,
      links: users.get(volume.name)?.length ?? 0,
    })),
  };
}
