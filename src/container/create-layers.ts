import type { ResolvedImage } from '../image/resolve';
import type { Context } from '../lib/context';
import type { IdMaps } from './id-maps';
import type { ContainerRecord } from './record';

/**
 * The directories that a container's root consists of, below the store's root. With an id map of its own and no data layers
 * fuse-overlayfs maps the ids while the container runs.
 */
export function createLayers(
  ctx: Context,
  image: ResolvedImage | undefined,
  _maps: IdMaps | undefined,
): Pick<ContainerRecord, 'lowers' | 'dataLowers'> {
  const layers = image?.layers ?? [];
  return { lowers: layers.map((path) => relative(ctx, path)), dataLowers: [] };
}

function relative(ctx: Context, path: string): string {
  return path.startsWith(`${ctx.paths.root}/`) ? path.slice(ctx.paths.root.length + 1) : path;
}
