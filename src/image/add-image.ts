import { writeFileSync } from 'node:fs';
import { digestHex, digestOf, chainIdsOf } from '../store/digest';
import { changeImageIndex } from '../store/image-index';
import type { IndexEntry } from '../store/image-index';
import { addLayer, describeLayer, layerError } from '../store/layer/add-layer';
import type { LayerInput, StagedLayer } from '../store/layer/add-layer';
import { hasBlob, readLayerRecord } from '../store/layer/layer-record';
import type { LayerRecord } from '../store/layer/layer-record';
import { publish } from '../store/publish';
import type { StagedContent } from '../store/publish';
import type { Staging } from '../store/staging';
import { layerPath } from '../store/store-paths';
import type { StorePaths } from '../store/store-paths';
import type { ArchivedImage, ArchivedLayer } from './archive/archived-image';
import { parseImageConfig } from './image-config';
import { writeImageRecord } from './image-record';
import { configType, manifestType } from './manifest';

/** What an image is added with. */
export interface AddOptions {
  staging: Staging;
  warn: (message: string) => void;
}

/** An image that the store has now. */
export interface AddedImage {
  /** 64 hexadecimal digits. */
  id: string;
  /** Its full names, as far as they were given. */
  names: string[];
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
  const { rootfs, ...config } = parseImageConfig(image.config, image.layers.length);
  const chain = chainIdsOf(rootfs.diff_ids);
  const layers: LayerSoFar[] = [];
  for (const [at, layer] of image.layers.entries()) {
    const place = { chainId: chain[at] ?? '', parent: chain[at - 1], diffId: rootfs.diff_ids[at] ?? '' };
    layers.push(await findOrAddLayer(store, layer, { ...options, ...place, below: layers }));
  }
  const configDigest = digestOf(image.config);
  const manifest = image.manifest ?? makeManifest(image.config, layers);
  const content = stagedContent(layers);
  const blobs = [
    { digest: configDigest, bytes: image.config },
    { digest: digestOf(manifest.bytes), bytes: manifest.bytes },
  ];
  for (const { digest, bytes } of blobs) {
    const file = `${options.staging.path}/json-${digestHex(digest)}`;
    writeFileSync(file, bytes, { mode: 0o600 });
    content.blobs.push({ file, digest });
  }
  publish(store, content);
  const id = digestHex(configDigest);
  const size = layers.reduce((sum, layer) => sum + layer.record.size, 0);
  writeImageRecord(store, {
    version: 1,
    id,
    config: { ...config, rootfs },
    chainIds: chain.map(digestHex),
    size,
  });
  nameImage(store, image.names, {
    mediaType: manifest.mediaType,
    digest: digestOf(manifest.bytes),
    size: manifest.bytes.length,
    name: undefined,
    imageId: id,
  });
  return { id, names: image.names };
}

/** A layer of the image: in the store already, or staged. */
interface LayerSoFar {
  chainId: string;
  diff: string;
  record: LayerRecord;
  staged: StagedLayer | undefined;
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
  if (found !== undefined && isComplete(store, found, layer)) {
    return {
      chainId,
      diff: `${layerPath(store, digestHex(chainId))}/diff`,
      record: found,
      staged: undefined,
    };
  }
  const input: LayerInput = {
    range: layer.range,
    diffId,
    lowers: place.below.map(({ diff }) => diff).toReversed(),
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
  return hasBlob(store, layer.expected?.digest ?? found.blob.digest);
}

function stagedContent(layers: LayerSoFar[]): StagedContent {
  const content: StagedContent = { blobs: [], layers: [] };
  for (const { chainId, staged } of layers) {
    if (staged === undefined) continue;
    content.blobs.push({ file: staged.blobFile, digest: staged.blob.digest });
    content.layers.push({ directory: staged.directory, chainId });
  }
  return content;
}

function makeManifest(config: Buffer, layers: LayerSoFar[]): { bytes: Buffer; mediaType: string } {
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, digest: digestOf(config), size: config.length },
    layers: layers.map(({ record }) => record.blob),
  };
  return { bytes: Buffer.from(JSON.stringify(manifest)), mediaType: manifestType };
}

/** Lists the image under the names; another image that had one of them keeps an entry without a name. */
function nameImage(store: StorePaths, names: readonly string[], entry: IndexEntry): void {
  const added = names.length === 0 ? [entry] : names.map((name) => ({ ...entry, name }));
  changeImageIndex(store, (entries) => [...entries, ...added]);
}
