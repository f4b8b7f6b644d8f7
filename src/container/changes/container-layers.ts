import { TspodError } from '../../lib/errors';
import type { Context } from '../../lib/context';
import type { LayerDirectory } from '../../runtime/layer-tree';
import { checkDisk, diskMount, layerPaths } from '../rootfs/container-disk';
import type { ContainerRecord } from '../record';
import { storageDriver } from '../rootfs/storage-driver';

/**
 * The directories that a container's root file system consists of, from top to bottom: what it has written, then the
 * layers of its image with the image's own ids. A directory used as it is (`--rootfs`) is the only one.
 */
export function containerLayers(ctx: Context, record: ContainerRecord): LayerDirectory[] {
  const { rootfs } = record.options;
  const { root } = ctx.paths;
  if (rootfs && !rootfs.overlay) return [{ path: rootfs.directory, ...mapsOf(record) }];
  const image = record.dataLowers.length > 0 ? record.dataLowers : record.lowers;
  const below = rootfs ? [rootfs.directory] : image.map((lower) => `${root}/${lower}`);
  return [upperLayer(ctx, record), ...below.map((path) => ({ path }))];
}

/** What the container has written. Error `usage`: it has no directory for that, because it works on another one. */
export function writtenLayer(ctx: Context, record: ContainerRecord): LayerDirectory {
  const { rootfs } = record.options;
  if (!rootfs || rootfs.overlay) return upperLayer(ctx, record);
  throw new TspodError('usage', `container "${record.name}" writes to the directory "${rootfs.directory}"`, {
    hint: `compare or archive "${rootfs.directory}" itself`,
  });
}

function upperLayer(ctx: Context, record: ContainerRecord): LayerDirectory {
  checkDisk(ctx, record);
  const { upper: path, work } = layerPaths(ctx, record);
  const mount = diskMount(ctx, record);
  // fuse-overlayfs maps the ids itself (rootfs-ops.ts): its files have those of the image
  const isMapped = record.idMaps !== undefined && record.dataLowers.length === 0 && !record.options.rootfs;
  const isFuse =
    isMapped || record.options.disk?.kind === 'image' || storageDriver(ctx).name === 'fuse-overlayfs';
  const shared = mount && { mount, directories: [path, work] };
  return {
    path,
    ...(shared ? { shared } : {}),
    ...(isFuse ? { dotWhiteouts: true } : {}),
    ...(isMapped ? {} : mapsOf(record)),
  };
}

function mapsOf({ idMaps }: ContainerRecord): Pick<LayerDirectory, 'maps'> {
  return idMaps === undefined ? {} : { maps: idMaps };
}
