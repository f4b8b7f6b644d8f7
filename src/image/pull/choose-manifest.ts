import { TspodError } from '../../lib/errors';
import { parseObject } from '../image-config';
import { parseManifest } from '../manifest';
import type { Descriptor, Manifest } from '../manifest';
import { choosePlatform } from '../platform';
import type { Platform } from '../platform';
import type { RemoteManifest, Repository } from '../registry/types';

/** The manifest of one image, and the list that led to it. */
export interface ChosenManifest {
  bytes: Buffer;
  mediaType: string;
  digest: string;
  parsed: Manifest;
  /** The digest that the reference itself leads to; undefined when that is the manifest's own. */
  listDigest: string | undefined;
}

/** Where manifests come from. */
export type ManifestSource = Pick<Repository, 'manifest'>;

/** A list in a list is allowed; more serve nobody. */
const deepest = 4;
/** overlayfs stacks no more. */
const mostLayers = 500;

/**
 * Fetches a manifest by tag or digest, and of a list of them the one for the platform. Errors: those of the source,
 * `invalid` for what makes no sense, `unsupported` for an artifact, an old format, or layers that lie elsewhere.
 */
export async function chooseManifest(
  source: ManifestSource,
  reference: string,
  platform: Platform | undefined,
): Promise<ChosenManifest> {
  let found = await source.manifest(reference);
  const first = found.digest;
  const seen = new Set<string>();
  for (let depth = 0; ; depth++) {
    refuseOldFormat(found);
    const parsed = parseManifest(found.bytes);
    if ('config' in parsed) {
      checkImage(parsed);
      const mediaType = typeof parsed.mediaType === 'string' ? parsed.mediaType : found.mediaType;
      const listDigest = found.digest === first ? undefined : first;
      return { bytes: found.bytes, mediaType, digest: found.digest, parsed, listDigest };
    }
    if (depth === deepest || seen.has(found.digest))
      throw new TspodError('invalid', 'lists of manifests are nested too deeply');
    seen.add(found.digest);
    found = await source.manifest(choosePlatform(parsed.manifests, platform).digest);
  }
}

function refuseOldFormat({ bytes, mediaType }: RemoteManifest): void {
  const isOld =
    /^application\/vnd\.docker\.distribution\.manifest\.v1\b/.test(mediaType) ||
    (parseObject(bytes, 'manifest') as { schemaVersion?: unknown }).schemaVersion === 1;
  if (!isOld) return;
  throw new TspodError('unsupported', 'the image is of the old format "Docker schema 1"', {
    hint: 'push it again with a current tool',
  });
}

const configTypes = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
];

const layerTypes =
  /^application\/vnd\.(?:oci\.image\.layer\.v1\.tar(?:\+(?:gzip|zstd))?|docker\.image\.rootfs\.diff\.tar(?:\.gzip|\.zstd)?)$/;
const foreignTypes =
  /^application\/vnd\.(?:oci\.image\.layer\.nondistributable\.|docker\.image\.rootfs\.foreign\.)/;

function checkImage({ config, layers, ...rest }: Manifest): void {
  if (!configTypes.includes(config.mediaType)) {
    const { artifactType } = rest as { artifactType?: unknown };
    const type = typeof artifactType === 'string' && artifactType !== '' ? artifactType : config.mediaType;
    throw new TspodError(
      'unsupported',
      `it is an artifact of the type ${JSON.stringify(type)}, not an image`,
    );
  }
  if (layers.length > mostLayers)
    throw new TspodError(
      'invalid',
      `${layers.length} layers are more than the ${mostLayers} that can be stacked`,
    );
  layers.forEach(checkLayer);
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
