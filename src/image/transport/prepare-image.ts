import { TspodError } from '../../lib/errors';
import { digestHex, digestOf } from '../../store/digest';
import type { Staging } from '../../store/staging';
import { blobPath } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import type { Manifest } from '../manifest';
import { layerPacking, manifestKind, mediaTypes } from './layer-media-types';
import type { LayerPacking, ManifestKind } from './layer-media-types';
import { packLayer } from './packed-layer';
import type { Compressor } from './packed-layer';
import type { StoredImage, StoredLayer } from './stored-image';

/** What is wanted of an image that leaves the store. */
export interface PrepareOptions {
  staging: Staging;
  /** Absent: as it is stored. */
  kind?: ManifestKind;
  /** Whether layers that are not compressed have to be. */
  compress: boolean;
  compressor: Compressor;
  /** Whether layers that are compressed in another format are compressed anew. */
  force: boolean;
  /** Told of each layer as soon as it is ready. */
  onLayer?: (layer: PreparedBlob) => void;
}

/** A blob in a file of the store. */
export interface PreparedBlob {
  digest: string;
  /** Bytes. */
  size: number;
  file: string;
}

/** An image as it leaves: a manifest and the blobs that it names. */
export interface PreparedImage {
  config: { bytes: Buffer; digest: string };
  manifest: { bytes: Buffer; mediaType: string; digest: string };
  /** From bottom to top. */
  layers: (PreparedBlob & { mediaType: string; diffId: string })[];
}

/**
 * Brings an image into the form that is wanted. Where nothing has to change, the manifest is byte for byte the stored
 * one, so its digest stays; the configuration, and with it the image's id, always stays.
 */
export async function prepareImage(
  store: StorePaths,
  image: StoredImage,
  options: PrepareOptions,
): Promise<PreparedImage> {
  const kind = options.kind ?? manifestKind(image.manifest.mediaType) ?? 'oci';
  const layers: PreparedImage['layers'] = [];
  for (const layer of image.layers) {
    const prepared = await prepareLayer(store, layer, { ...options, kind });
    layers.push(prepared);
    options.onLayer?.(prepared);
  }
  const isSame =
    kind === manifestKind(image.manifest.mediaType) &&
    layers.every(({ digest }, at) => digest === image.layers[at]?.digest);
  return {
    config: { bytes: image.configBytes, digest: `sha256:${image.id}` },
    manifest: isSame ? image.manifest : makeManifest(image, layers, kind),
    layers,
  };
}

async function prepareLayer(
  store: StorePaths,
  layer: StoredLayer,
  options: PrepareOptions & { kind: ManifestKind },
): Promise<PreparedImage['layers'][number]> {
  const { diffId } = layer;
  const stored = layerPacking(layer);
  const wanted = wantedPacking(stored, options);
  const mediaType = mediaTypes[options.kind].layers[wanted];
  if (mediaType === undefined) {
    throw new TspodError(
      'unsupported',
      `a manifest of Docker's schema 2 cannot name a layer packed with ${wanted}`,
      {
        hint: 'use --format oci, or --compression-format gzip',
      },
    );
  }
  if (wanted === stored || wanted === 'none') {
    const file = blobPath(store, digestHex(layer.digest));
    return { digest: layer.digest, size: layer.size, file, mediaType: mediaType, diffId };
  }
  // zstd is only ever asked for
  const compressor: Compressor =
    wanted === options.compressor.format ? options.compressor : { format: 'gzip' };
  const { digest, size, file } = await packLayer(store, layer, { ...options, compressor });
  return { digest, size, file, mediaType, diffId };
}

function wantedPacking(
  stored: LayerPacking,
  { compress, force, compressor, kind }: PrepareOptions & { kind: ManifestKind },
): LayerPacking {
  if (stored === 'none') return compress ? compressor.format : 'none';
  if (force) return compressor.format;
  // Docker's manifests cannot name it
  return kind === 'v2s2' && stored === 'zstd' ? 'gzip' : stored;
}

function makeManifest(
  image: StoredImage,
  layers: PreparedImage['layers'],
  kind: ManifestKind,
): PreparedImage['manifest'] {
  const before = image.manifest.parsed;
  const types = mediaTypes[kind];
  const isOci = kind === 'oci';
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: { mediaType: types.config, digest: `sha256:${image.id}`, size: image.configBytes.length },
    layers: layers.map(({ mediaType, digest, size }, at) => {
      const annotations = digest === before.layers[at]?.digest ? before.layers[at].annotations : undefined;
      return { mediaType, digest, size, ...(isOci && annotations !== undefined ? { annotations } : {}) };
    }),
    ...(isOci && before.annotations !== undefined ? { annotations: before.annotations } : {}),
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  return { bytes, mediaType: types.manifest, digest: digestOf(bytes) };
}
