import { existsSync, statSync } from 'node:fs';
import { measure } from '../../container/rootfs/measure';
import { neededByImages, neededContent } from '../../image/remove/collect-garbage';
import { layerRoom } from '../../image/list/image-usage';
import type { Context } from '../../lib/context';
import { listEntries } from '../../store/build-cache';
import { buildCachePaths } from '../../store/build-cache-paths';
import { listDirectory, staleStaging } from '../../store/staging';
import { blobPath, storePaths } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';

/** What builds keep for the next ones. Bytes are sums of file sizes. */
export interface CacheUsage {
  /** Results of steps and directories of `RUN --mount=type=cache`. */
  total: number;
  /** With what only they hold on to, and what killed builds have left. */
  bytes: number;
}

/** How much room the cache of builds takes up that no image needs. */
export function cacheUsage(ctx: Context): CacheUsage {
  const store = storePaths(ctx);
  const { root, mounts } = buildCachePaths(store);
  const directories = listDirectory(mounts).filter((name) => /^[0-9a-f]{32}(-\d+)?$/.test(name));
  const trees = [...(existsSync(root) ? [root] : []), ...staleStaging(store)];
  const sizes = measure(ctx, trees);
  const total = listEntries(store).length + directories.length;
  return { total, bytes: sizes.reduce((sum, size) => sum + size, contentSize(store)) };
}

/** Layers and archives that no image and no container needs. */
function contentSize(store: StorePaths): number {
  const byImages = neededByImages(store);
  const { layers, blobs } = neededContent(store);
  let size = 0;
  for (const hex of layers) if (!byImages.layers.has(hex)) size += layerRoom(store, hex);
  for (const hex of blobs)
    if (!byImages.blobs.has(hex))
      size += statSync(blobPath(store, hex), { throwIfNoEntry: false })?.size ?? 0;
  return size;
}
