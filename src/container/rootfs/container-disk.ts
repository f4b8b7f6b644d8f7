import { statSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { Plan } from '../../runtime/plan';
import { addSharedMount, type SharedMount } from '../../runtime/shared-mount';
import { IMAGE_FILE, imageMount, makeSizeImage } from '../../volume/size-image';
import { limitByQuota } from '../../volume/size-quota';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';
import { isAlive, readState } from '../state/status';

type Limited = Pick<ContainerRecord, 'id' | 'options'>;

/** A disk that has to be mounted; a quota limits the directories themselves. */
export function mountedDisk({ disk }: ContainerRecord['options']): 'image' | 'tmpfs' | undefined {
  return disk === undefined || disk.kind === 'quota' ? undefined : disk.kind;
}

/** What a container with a size limit writes to, once its disk is mounted. */
export interface DiskPaths {
  upper: string;
  work: string;
}

/** The directories of a container's own layer: on its disk, where it has one. */
export function layerPaths(ctx: Context, { id, options }: Limited): DiskPaths {
  const { directory, upper, work } = containerPaths(ctx, id);
  if (mountedDisk(options) === undefined) return { upper, work };
  return { upper: `${directory}/disk/upper`, work: `${directory}/disk/work` };
}

/** Makes the disk in a container's new directory, in which `upper` and `work` are already. Throws 'machine', 'usage'. */
export function makeDisk(
  ctx: Context,
  directory: string,
  disk: NonNullable<ContainerRecord['options']['disk']>,
): void {
  if (disk.kind === 'image') makeSizeImage(ctx, directory, disk.size);
  if (disk.kind === 'quota') limitByQuota(ctx, [`${directory}/upper`, `${directory}/work`], disk.size);
}

/** The mount of a container's disk; undefined without a size limit. */
export function diskMount(ctx: Context, { id, options }: Limited): SharedMount | undefined {
  const { directory } = containerPaths(ctx, id);
  const where = { target: `${directory}/disk`, place: directory };
  if (options.disk?.kind === 'image') return imageMount(ctx, where);
  if (options.disk?.kind !== 'tmpfs') return undefined;
  return {
    ...where,
    what: { type: 'tmpfs', source: 'tmpfs', options: [`size=${options.disk.size}`, 'mode=700'] },
  };
}

/** Mounts a container's disk, and makes its directories, of which `upper` is what `/` of the container looks like. */
export function addDisk(plan: Plan, ctx: Context, record: Limited, mode: number): void {
  const mount = diskMount(ctx, record);
  if (mount === undefined) return;
  const { upper, work } = layerPaths(ctx, record);
  addSharedMount(plan, mount);
  plan.add('ROOTFS_DIRECTORIES', mode, upper, work);
}

/** Error `state`: what the container has written was in memory, and has gone with its end. */
export function checkDisk(ctx: Context, record: ContainerRecord): void {
  if (record.options.disk?.kind !== 'tmpfs' || isAlive(readState(ctx, record.id))) return;
  throw new TspodError(
    'state',
    `container "${record.name}" does not run: what it has written was in memory (--storage-opt upper=tmpfs)`,
    { hint: `do it while it runs: tspod start ${record.name}` },
  );
}

/** Where the room that a container has written to can be measured, or the bytes that its stopped disk takes up. */
export function measuredLayer(ctx: Context, record: Limited): string | number {
  const { directory } = containerPaths(ctx, record.id);
  const { upper } = layerPaths(ctx, record);
  const disk = mountedDisk(record.options);
  if (disk === undefined) return upper;
  const state = readState(ctx, record.id);
  // only its monitor's mount namespace has it
  if (isAlive(state)) return `/proc/${state.monitorPid}/root${upper}`;
  if (disk === 'tmpfs') return 0;
  return (statSync(`${directory}/${IMAGE_FILE}`, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
}
