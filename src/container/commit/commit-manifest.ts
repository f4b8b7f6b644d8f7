import type { ImageConfig } from '../../image/image-config';
import { configType, manifestType, ociLayerType } from '../../image/manifest';
import { TspodError } from '../../lib/errors';
import { digestOf } from '../../store/digest';
import type { LayerBlob } from '../../store/layer/layer-record';

/** How an image is written down. */
export type ImageFormat = 'oci' | 'docker';

const ociLayer = 'application/vnd.oci.image.layer.v1.tar';
const dockerLayer = 'application/vnd.docker.image.rootfs.diff.tar';

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
  const mediaType = isDocker ? 'application/vnd.docker.distribution.manifest.v2+json' : manifestType;
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: {
      mediaType: isDocker ? 'application/vnd.docker.container.image.v1+json' : configType,
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
  if (type.startsWith(dockerLayer)) return type;
  if (type === ociLayer) return dockerLayer;
  if (type === `${ociLayer}+gzip`) return `${dockerLayer}.gzip`;
  throw new TspodError('unsupported', `a layer of the type "${type}" has no place in Docker's format`, {
    hint: 'use --format oci',
  });
}
