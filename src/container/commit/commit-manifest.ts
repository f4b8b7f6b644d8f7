import type { ImageConfig } from '../../image/format/image-config';
import { ociLayerType } from '../../image/format/manifest';
import { TspodError } from '../../lib/errors';
import { digestOf } from '../../store/digest';
import type { LayerBlob } from '../../store/layer/layer-record';
import { mediaTypes } from '../../store/media-types';

/** How an image is written down. */
export type ImageFormat = 'oci' | 'docker';

const ociLayers = mediaTypes.oci.layers;
const dockerLayers = mediaTypes.v2s2.layers;

/** The bytes of a configuration in a format; what Docker's has besides goes into `docker`. */
export function formatConfig(config: ImageConfig, format: ImageFormat, docker: object): Buffer {
  return Buffer.from(JSON.stringify(format === 'docker' ? { ...docker, ...config } : config));
}

/** The manifest of an image in a format. Error `unsupported`: Docker's has no place for a layer's compression. */
export function formatManifest(
  config: Buffer,
  layers: readonly LayerBlob[],
  format: ImageFormat,
  annotations: Readonly<Record<string, string>> = {},
): { bytes: Buffer; mediaType: string } {
  const isDocker = format === 'docker';
  const mediaType = mediaTypes[isDocker ? 'v2s2' : 'oci'].manifest;
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: {
      mediaType: mediaTypes[isDocker ? 'v2s2' : 'oci'].config,
      digest: digestOf(config),
      size: config.length,
    },
    layers: layers.map(({ digest, size, mediaType: type }) => ({
      mediaType: isDocker ? dockerType(type) : ociLayerType(type),
      digest,
      size,
    })),
    // Docker's format has no place for them
    ...(isDocker || Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  return { bytes: Buffer.from(JSON.stringify(manifest)), mediaType };
}

function dockerType(type: string): string {
  if (type.startsWith(dockerLayers.none)) return type;
  if (type === ociLayers.none) return dockerLayers.none;
  if (type === ociLayers.gzip) return dockerLayers.gzip;
  throw new TspodError('unsupported', `a layer of the type "${type}" has no place in Docker's format`, {
    hint: 'use --format oci',
  });
}
