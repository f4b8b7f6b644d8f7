import { existsSync, mkdirSync } from 'node:fs';
import type { Context } from '../lib/context';
import { randomId } from '../lib/id';
import type { IdMapping } from '../lib/id-mapping';
import { metaLayer, removeTrees } from '../runtime/tree';
import { digestOf } from '../store/digest';
import { layerPath, storePaths } from '../store/store-paths';
import type { StorePaths } from '../store/store-paths';
import { lockFile } from '../sys/file-lock';
import type { ResolvedImage } from './resolve';

/** The maps of a child user namespace, relative to the common one. */
export interface IdMaps {
  uids: readonly IdMapping[];
  gids: readonly IdMapping[];
}

/** Directories for overlayfs: metadata-only layers with the shifted owners, and the layers that hold their data. */
export interface ShiftedLayers {
  /** From top to bottom: `lowerdir`. */
  lowers: string[];
  /** From top to bottom: data-only lower directories below them. */
  data: string[];
}

/**
 * The image's layers as a user namespace with other maps sees them, without a copy of file data: one metadata-only layer
 * for each layer and pair of maps, made at the first use and removed with the layer.
 */
export function shiftedLayers(
  ctx: Context,
  image: Pick<ResolvedImage, 'chainIds'>,
  maps: IdMaps,
): ShiftedLayers {
  const store = storePaths(ctx);
  const key = digestOf(JSON.stringify([maps.uids, maps.gids])).slice(7, 23);
  const lowers = image.chainIds.map((chainHex) => ensureShifted(ctx, store, { chainHex, key, maps }));
  return { lowers, data: image.chainIds.map((chainHex) => `${layerPath(store, chainHex)}/diff`) };
}

function ensureShifted(
  ctx: Context,
  store: StorePaths,
  { chainHex, key, maps }: { chainHex: string; key: string; maps: IdMaps },
): string {
  const folder = `${store.shifted}/${chainHex}`;
  const target = `${folder}/${key}`;
  if (existsSync(target)) return target;
  const staging = `${store.tmp}/image-meta-${randomId().slice(0, 16)}`;
  for (const path of [folder, staging]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const lock = lockFile(`${staging}/lock`);
  try {
    metaLayer(ctx, maps, { source: `${layerPath(store, chainHex)}/diff`, staging, target });
  } catch (error) {
    removeTrees(ctx, [staging]);
    // another process was faster
    if (!existsSync(target)) throw error;
  } finally {
    lock?.release();
  }
  return target;
}
