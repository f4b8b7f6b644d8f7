import { TspodError } from '../../lib/errors';
import { digestHex, digestOf } from '../../store/digest';
import type { Staging } from '../../store/staging';
import { blobPath } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import type { Manifest } from '../format/manifest';
import { layerPacking, manifestKind, mediaTypes } from '../../store/media-types';
import type { LayerPacking, ManifestKind } from '../../store/media-types';
import { findPacked, packLayer } from './packed-layer';
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
  const kind = kindOf(image, options);
  const layers: PreparedImage['layers'] = [];
  for (const layer of image.layers) {
    const wanted = wantedLayer(layer, { ...options, kind });
    const prepared = readyLayer(store, layer, wanted) ?? (await packedLayer(store, layer, wanted, options));
    layers.push(prepared);
    options.onLayer?.(prepared);
  }
  return withManifest(image, layers, kind);
}

/** The same where no layer has to be compressed for it any more; else undefined. */
export function preparedImage(
  store: StorePaths,
  image: StoredImage,
  options: PrepareOptions,
): PreparedImage | undefined {
  const kind = kindOf(image, options);
  const layers: PreparedImage['layers'] = [];
  for (const layer of image.layers) {
    const ready = readyLayer(store, layer, wantedLayer(layer, { ...options, kind }));
    if (ready === undefined) return undefined;
    layers.push(ready);
  }
  return withManifest(image, layers, kind);
}

function kindOf({ manifest }: StoredImage, { kind }: PrepareOptions): ManifestKind {
  return kind ?? manifestKind(manifest.mediaType) ?? 'oci';
}

function withManifest(
  image: StoredImage,
  layers: PreparedImage['layers'],
  kind: ManifestKind,
): PreparedImage {
  const isSame =
    kind === manifestKind(image.manifest.mediaType) &&
    layers.every(({ digest }, at) => digest === image.layers[at]?.digest);
  return {
    config: { bytes: image.configBytes, digest: `sha256:${image.id}` },
    manifest: isSame ? image.manifest : makeManifest(image, layers, kind),
    layers,
  };
}

interface WantedLayer {
  mediaType: string;
  /** Undefined: as it is stored. */
  compressor: Compressor | undefined;
}

/** Error `unsupported`: the manifest has no name for it. */
function wantedLayer(layer: StoredLayer, options: PrepareOptions & { kind: ManifestKind }): WantedLayer {
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
  if (wanted === stored || wanted === 'none') return { mediaType, compressor: undefined };
  // zstd is only ever asked for
  const isAsked = wanted === options.compressor.format;
  return { mediaType, compressor: isAsked ? options.compressor : { format: 'gzip' } };
}

/** The layer where it is stored as it is wanted, or has been compressed before. */
function readyLayer(
  store: StorePaths,
  { diffId, chainId, digest, size }: StoredLayer,
  { mediaType, compressor }: WantedLayer,
): PreparedImage['layers'][number] | undefined {
  if (compressor === undefined)
    return { digest, size, file: blobPath(store, digestHex(digest)), mediaType, diffId };
  const kept = findPacked(store, chainId, compressor);
  return kept && { digest: kept.digest, size: kept.size, file: kept.file, mediaType, diffId };
}

async function packedLayer(
  store: StorePaths,
  layer: StoredLayer,
  { mediaType, compressor = { format: 'gzip' } }: WantedLayer,
  { staging }: PrepareOptions,
): Promise<PreparedImage['layers'][number]> {
  const { digest, size, file } = await packLayer(store, layer, { compressor, staging });
  return { digest, size, file, mediaType, diffId: layer.diffId };
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
