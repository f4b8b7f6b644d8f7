import type { CgroupWish } from '../runtime/cgroup-place';
import type { ContainerOptions } from './record';

/** Where a container wants its control group. */
export function cgroupWish({ cgroups, cgroupParent }: ContainerOptions): CgroupWish {
  return { split: cgroups === 'split', stays: cgroups === 'no-conmon', parent: cgroupParent };
}
