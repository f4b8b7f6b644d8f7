import { existsSync } from 'node:fs';
import { chainIdsOf, digestHex } from '../../store/digest';
import { addLayer, describeLayer, layerError } from '../../store/layer/add-layer';
import type { LayerInput } from '../../store/layer/add-layer';
import type { FileMaker } from '../../store/layer/file-maker';
import { hasBlob, readLayerRecord } from '../../store/layer/layer-record';
import type { LayerRecord } from '../../store/layer/layer-record';
import type { Staging } from '../../store/staging';
import { layerPath } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import type { ArchivedImage, ArchivedLayer } from '../archive/archived-image';
import { commitImage } from './commit-image';
import type { AddedImage, LayerSoFar } from './commit-image';
import { parseImageConfig } from '../format/image-config';

/** What an image is added with. */
export interface AddOptions {
  staging: Staging;
  files: FileMaker;
  warn: (message: string) => void;
  /** Told of each step, in lines as Podman prints them. */
  note?: ((line: string) => void) | undefined;
}

/**
 * Takes an image of an archive into the store: layers that are not there are unpacked and verified, then all appears at
 * once, last its names, which move here from the images that had them. Needs all ids of the user.
 */
export async function addImage(
  store: StorePaths,
  image: ArchivedImage,
  options: AddOptions,
): Promise<AddedImage> {
  const config = parseImageConfig(image.config, image.layers.length);
  options.note?.('Getting image source signatures');
  const layers = await addLayers(store, image.layers, { ...options, diffIds: config.rootfs.diff_ids });
  const added = commitImage(store, image, { staging: options.staging, layers, config });
  options.note?.(`Copying config sha256:${added.id}`);
  options.note?.('Writing manifest to image destination');
  return added;
}

/**
 * The layers of an image, from bottom to top: those that the store does not have are unpacked into the staging directory, for
 * `publish`, and verified. Needs all ids of the user.
 */
export async function addLayers(
  store: StorePaths,
  archives: readonly ArchivedLayer[],
  { diffIds, ...options }: AddOptions & { diffIds: readonly string[] },
): Promise<LayerSoFar[]> {
  const chain = chainIdsOf(diffIds);
  const layers: LayerSoFar[] = [];
  for (const [at, layer] of archives.entries()) {
    const place = { chainId: chain[at] ?? '', parent: chain[at - 1], diffId: diffIds[at] ?? '' };
    layers.push(await findOrAddLayer(store, layer, { ...options, ...place, below: layers }));
  }
  return layers;
}

interface LayerPlace extends AddOptions {
  chainId: string;
  parent: string | undefined;
  diffId: string;
  /** From bottom to top. */
  below: LayerSoFar[];
}

async function findOrAddLayer(
  store: StorePaths,
  layer: ArchivedLayer,
  place: LayerPlace,
): Promise<LayerSoFar> {
  const { chainId, parent, diffId } = place;
  const found = readLayerRecord(store, chainId);
  const copying = `Copying blob ${layer.expected?.digest ?? diffId}`;
  if (found !== undefined && isComplete(store, found, layer)) {
    place.note?.(`${copying} skipped: already exists`);
    return {
      chainId,
      diff: `${layerPath(store, digestHex(chainId))}/diff`,
      record: found,
      staged: undefined,
    };
  }
  place.note?.(copying);
  const input: LayerInput = {
    range: layer.range,
    diffId,
    lowers: place.below.map(({ diff }) => diff).toReversed(),
    files: place.files,
    warn: place.warn,
    ...(layer.expected === undefined ? {} : { expected: layer.expected }),
  };
  try {
    const staged = await addLayer(place.staging, digestHex(chainId), input);
    const record = describeLayer(staged, chainId, parent);
    return { chainId, diff: `${staged.directory}/diff`, record, staged };
  } catch (error) {
    throw layerError(layer.expected?.digest ?? diffId, error);
  }
}

/** Whether the store has the unpacked layer and the very bytes that the manifest speaks of. */
function isComplete(store: StorePaths, found: LayerRecord, layer: ArchivedLayer): boolean {
  const diff = `${layerPath(store, digestHex(found.chainId))}/diff`;
  return existsSync(diff) && hasBlob(store, layer.expected?.digest ?? found.blob.digest);
}
