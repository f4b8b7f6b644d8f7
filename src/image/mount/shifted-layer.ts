import { existsSync, mkdirSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { randomId } from '../../lib/id';
import type { IdMapping } from '../../lib/id-mapping';
import { metaLayer, removeTrees } from '../../runtime/tree';
import { digestOf } from '../../store/digest';
import { layerPath, storePaths } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { lockFile } from '../../sys/file-lock';
import type { ResolvedImage } from '../find/resolve';

/** The maps of a child user namespace, relative to the common one. */
export interface IdMaps {
  uids: readonly IdMapping[];
  gids: readonly IdMapping[];
}

/** Directories for overlayfs: a metadata-only layer with the shifted owners, and the layers that hold its data. */
export interface ShiftedLayers {
  /** From top to bottom: `lowerdir`. */
  lowers: string[];
  /** From top to bottom: data-only lower directories below them. */
  data: string[];
}

/**
 * The image's layers as a user namespace with other maps sees them, without a copy of file data: one metadata-only layer
 * for all of them and each pair of maps, made at the first use and removed with the topmost. (Overlayfs follows a file without
 * data from the lowest layer only: a metadata-only layer for each would not do.)
 */
export function shiftedLayers(
  ctx: Context,
  image: Pick<ResolvedImage, 'chainIds'>,
  maps: IdMaps,
): ShiftedLayers {
  const store = storePaths(ctx);
  const layers = image.chainIds.map((chainHex) => `${layerPath(store, chainHex)}/diff`);
  const [top] = image.chainIds;
  if (top === undefined) return { lowers: [], data: [] };
  const key = digestOf(JSON.stringify(['merged', maps.uids, maps.gids])).slice(7, 23);
  return {
    lowers: [ensureShifted(ctx, store, { folder: `${store.shifted}/${top}`, key, maps, layers })],
    data: layers,
  };
}

interface Shifted {
  folder: string;
  key: string;
  maps: IdMaps;
  layers: readonly string[];
}

function ensureShifted(ctx: Context, store: StorePaths, { folder, key, maps, layers }: Shifted): string {
  const target = `${folder}/${key}`;
  if (existsSync(target)) return target;
  const staging = `${store.tmp}/image-meta-${randomId().slice(0, 16)}`;
  for (const path of [folder, `${staging}/merged`]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const lock = lockFile(`${staging}/lock`);
  try {
    metaLayer(ctx, maps, { layers, staging, target });
  } catch (error) {
    removeTrees(ctx, [staging]);
    // another process was faster
    if (!existsSync(target)) throw error;
  } finally {
    lock?.release();
  }
  return target;
}
