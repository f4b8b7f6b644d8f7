import type { ResolvedImage } from '../../image/find/resolve';
import { shiftedLayers } from '../../image/mount/shifted-layer';
import type { Context } from '../../lib/context';
import type { IdMaps } from '../id-maps';
import type { ContainerRecord } from '../record';
import { storageDriver } from '../rootfs/storage-driver';

/**
 * The directories that a container's root consists of, below the store's root. With an id map of its own these are
 * metadata-only layers over the image's; where the kernel has no data layers, or with `plain`, fuse-overlayfs maps the ids while it runs.
 */
export function createLayers(
  ctx: Context,
  image: Pick<ResolvedImage, 'layers' | 'chainIds'> | undefined,
  maps: IdMaps | undefined,
  { plain = false } = {},
): Pick<ContainerRecord, 'lowers' | 'dataLowers'> {
  if (image === undefined) return { lowers: [], dataLowers: [] };
  if (maps === undefined || plain || !storageDriver(ctx).hasDataLayers) {
    return { lowers: relative(ctx, image.layers), dataLowers: [] };
  }
  const { lowers, data } = shiftedLayers(ctx, image, maps);
  return { lowers: relative(ctx, lowers), dataLowers: relative(ctx, data) };
}

function relative(ctx: Context, paths: readonly string[]): string[] {
  const start = `${ctx.paths.root}/`;
  return paths.map((path) => (path.startsWith(start) ? path.slice(start.length) : path));
}
