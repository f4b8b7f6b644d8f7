import { TspodError } from '../../lib/errors';
import { mediaTypes } from '../../store/media-types';
import type { Descriptor, Manifest } from './manifest';

/** overlayfs stacks no more. */
const mostLayers = 500;

const configTypes = [mediaTypes.oci.config, mediaTypes.v2s2.config];

const layerTypes =
  /^application\/vnd\.(?:oci\.image\.layer\.v1\.tar(?:\+(?:gzip|zstd))?|docker\.image\.rootfs\.diff\.tar(?:\.gzip|\.zstd)?)$/;
const foreignTypes =
  /^application\/vnd\.(?:oci\.image\.layer\.nondistributable\.|docker\.image\.rootfs\.foreign\.)/;

/** Fails unless a manifest is one of an image with layers that can be used. Errors: `unsupported`, `invalid`. */
export function checkImageManifest({ config, layers, ...rest }: Manifest): void {
  if (!configTypes.includes(config.mediaType)) {
    const { artifactType } = rest as { artifactType?: unknown };
    const type = typeof artifactType === 'string' && artifactType !== '' ? artifactType : config.mediaType;
    throw new TspodError(
      'unsupported',
      `it is an artifact of the type ${JSON.stringify(type)}, not an image`,
    );
  }
  checkLayerCount(layers.length);
  layers.forEach(checkLayer);
}

/** Error `invalid`: there are more layers than can be stacked. */
export function checkLayerCount(count: number): void {
  if (count <= mostLayers) return;
  throw new TspodError('invalid', `${count} layers are more than the ${mostLayers} that can be stacked`);
}

function checkLayer(layer: Descriptor): void {
  if (layerTypes.test(layer.mediaType)) return;
  if (foreignTypes.test(layer.mediaType)) {
    throw new TspodError(
      'unsupported',
      `layer ${layer.digest.slice(7, 19)} is a foreign one, which its registry does not distribute`,
      { hint: 'images with such layers, mostly of Windows, cannot be used here' },
    );
  }
  if (/\+encrypted$/.test(layer.mediaType))
    throw new TspodError('unsupported', `layer ${layer.digest.slice(7, 19)} is encrypted`);
  throw new TspodError(
    'unsupported',
    `layer ${layer.digest.slice(7, 19)} is of the unknown type ${JSON.stringify(layer.mediaType)}`,
  );
}
