import { existsSync, renameSync, mkdirSync } from 'node:fs';
import type { Context } from '../lib/context';
import { isErrno } from '../lib/errors';
import { randomId } from '../lib/id';
import type { IdMapping } from '../lib/id-mapping';
import { metaLayer, removeTrees } from '../runtime/tree';
import { digestOf } from '../store/digest';
import { layerPath, storePaths } from '../store/store-paths';
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
 * for each layer and pair of maps, made at the first use, kept beside the layer and removed with it.
 */
export function shiftedLayers(
  ctx: Context,
  image: Pick<ResolvedImage, 'chainIds'>,
  maps: IdMaps,
): ShiftedLayers {
  const store = storePaths(ctx);
  const key = digestOf(JSON.stringify([maps.uids, maps.gids])).slice(7, 23);
  const layers = image.chainIds.map((chainHex) => layerPath(store, chainHex));
  const lowers = layers.map((layer) => ensureShifted(ctx, layer, { key, maps, tmp: store.tmp }));
  return { lowers, data: layers.map((layer) => `${layer}/diff`) };
}

function ensureShifted(
  ctx: Context,
  layer: string,
  shift: { key: string; maps: IdMaps; tmp: string },
): string {
  const target = `${layer}/meta-${shift.key}`;
  if (existsSync(target)) return target;
  const staging = `${shift.tmp}/image-meta-${randomId().slice(0, 16)}`;
  mkdirSync(staging, { mode: 0o700 });
  const made = `${staging}/meta`;
  try {
    metaLayer(ctx, `${layer}/diff`, made, shift.maps);
    renameSync(made, target);
  } catch (error) {
    // another process was faster
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  } finally {
    removeTrees(ctx, [staging]);
  }
  return target;
}
