import { writeFileSync } from 'node:fs';
import { digestHex, digestOf } from '../../store/digest';
import { changeImageIndex } from '../../store/image-index';
import type { IndexEntry } from '../../store/image-index';
import type { StagedLayer } from '../../store/layer/add-layer';
import { readLayerRecord } from '../../store/layer/layer-record';
import type { LayerRecord } from '../../store/layer/layer-record';
import { publish } from '../../store/publish';
import type { StagedContent } from '../../store/publish';
import type { Staging } from '../../store/staging';
import type { StorePaths } from '../../store/store-paths';
import type { ArchivedImage } from '../archive/archived-image';
import type { ImageConfig } from '../format/image-config';
import { stageImageRecord } from '../find/image-record';
import { layerSize } from '../list/layer-sizes';
import { configType, manifestType, ociLayerType } from '../format/manifest';

/** An image that the store has now. */
export interface AddedImage {
  /** 64 hexadecimal digits. */
  id: string;
  /** Its full names, as far as they were given. */
  names: string[];
}

/** A layer of the image: in the store already, or staged. */
export interface LayerSoFar {
  chainId: string;
  diff: string;
  record: LayerRecord;
  staged: StagedLayer | undefined;
}

/** What an image consists of, its layers from bottom to top. */
export interface ImageParts {
  staging: Staging;
  layers: LayerSoFar[];
  config: ImageConfig;
}

/** Makes an image appear in the store: layers and blobs, its record, last its names. */
export function commitImage(
  store: StorePaths,
  image: Pick<ArchivedImage, 'names' | 'config' | 'manifest'> & { listDigest?: string },
  { staging, layers, config }: ImageParts,
): AddedImage {
  const manifest = image.manifest ?? makeManifest(image.config, layers);
  const content = stagedContent(layers);
  const stageBlob = (bytes: Buffer): string => {
    const digest = digestOf(bytes);
    const file = `${staging.path}/json-${digestHex(digest)}`;
    writeFileSync(file, bytes, { mode: 0o600 });
    content.blobs.push({ file, digest });
    return digest;
  };
  const id = digestHex(stageBlob(image.config));
  const digest = stageBlob(manifest.bytes);
  const size = layers.reduce((sum, layer) => sum + layerSize(keptRecord(store, layer)), 0);
  const chainIds = layers.map(({ chainId }) => digestHex(chainId));
  content.files = [stageImageRecord(store, staging.path, { version: 1, id, config, chainIds, size })];
  const entry: IndexEntry = {
    ...{ mediaType: manifest.mediaType, digest, size: manifest.bytes.length },
    ...{ name: undefined, imageId: id },
    ...(image.listDigest === undefined ? {} : { listDigest: image.listDigest }),
  };
  // without layers little is to be written, which the others can wait for: the list of images then goes to the disk with it
  if (content.layers.length === 0)
    nameImage(store, image.names, entry, (list) => publish(store, content, [list]));
  else {
    publish(store, content);
    nameImage(store, image.names, entry);
  }
  return { id, names: image.names };
}

/** A layer that the store has stays as it is, in whatever archive it comes again. */
function keptRecord(store: StorePaths, { chainId, record, staged }: LayerSoFar): LayerRecord {
  return (staged && readLayerRecord(store, chainId)) ?? record;
}

/** What `publish` is to move into the store of an image's layers. */
export function stagedContent(layers: readonly LayerSoFar[]): StagedContent {
  const content: StagedContent = { blobs: [], layers: [] };
  for (const { chainId, staged } of layers) {
    if (staged === undefined) continue;
    const { blobFile: file, blob } = staged;
    const isListed = content.blobs.some((other) => other.file === file);
    if (file !== undefined && !isListed) content.blobs.push({ file, digest: blob.digest });
    content.layers.push({ directory: staged.directory, chainId });
  }
  return content;
}

function makeManifest(config: Buffer, layers: LayerSoFar[]): { bytes: Buffer; mediaType: string } {
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, digest: digestOf(config), size: config.length },
    // a layer that came with an image of Docker's format keeps the media type of there
    layers: layers.map(({ record: { blob } }) => ({ ...blob, mediaType: ociLayerType(blob.mediaType) })),
  };
  return { bytes: Buffer.from(JSON.stringify(manifest)), mediaType: manifestType };
}

/** Lists the image under the names, as `changeImageIndex` does; another image that had one of them keeps an entry without a name. */
export function nameImage(
  store: StorePaths,
  names: readonly string[],
  entry: IndexEntry,
  publish?: (list: string) => void,
): void {
  const added = names.length === 0 ? [entry] : names.map((name) => ({ ...entry, name }));
  changeImageIndex(store, (entries) => [...added, ...entries], publish);
}
