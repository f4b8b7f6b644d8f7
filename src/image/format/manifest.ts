import { TspodError } from '../../lib/errors';
import { digestHex } from '../../store/digest';
import { mediaTypes } from '../../store/media-types';
import { parseObject } from './image-config';

/** Content by its digest (OCI image spec, descriptor.md). Size in bytes. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
  platform?: { architecture: string; os: string; variant?: string };
}

/** An image manifest of OCI or Docker's schema 2. */
export interface Manifest {
  schemaVersion: 2;
  mediaType?: string;
  config: Descriptor;
  layers: Descriptor[];
  annotations?: Record<string, string>;
}

/** A list of manifests, one for each platform, or for each image. */
export interface ManifestIndex {
  mediaType?: string;
  manifests: Descriptor[];
}

/** Media types of what tspod writes. */
export const { manifest: manifestType, config: configType } = mediaTypes.oci;

const dockerLayer = mediaTypes.v2s2.layers.none;

/** The media type of a layer as a manifest of OCI names it. */
export function ociLayerType(type: string): string {
  if (!type.startsWith(dockerLayer)) return type;
  return type.replace(dockerLayer, mediaTypes.oci.layers.none).replace(/\.gzip$/, '+gzip');
}

const imageTypes = [mediaTypes.oci.manifest, mediaTypes.v2s2.manifest];
const listTypes = [mediaTypes.oci.list, mediaTypes.v2s2.list];

/** Reads a manifest or a list of them. Errors: `invalid`; `unsupported`: it says that it is something else. */
export function parseManifest(data: Buffer): Manifest | ManifestIndex {
  const parsed = parseObject(data, 'manifest') as Partial<Manifest & ManifestIndex>;
  if (Array.isArray(parsed.manifests)) {
    if (parsed.config !== undefined || parsed.layers !== undefined)
      throw new TspodError('invalid', 'the manifest is ambiguous: a list and an image at once');
    checkManifestType(parsed.mediaType, listTypes);
    parsed.manifests.forEach(checkDescriptor);
    return parsed as ManifestIndex;
  }
  if (parsed.schemaVersion !== 2 || parsed.config === undefined || !Array.isArray(parsed.layers)) {
    throw new TspodError('invalid', 'the manifest is neither of OCI nor of Docker (schema 2)');
  }
  checkManifestType(parsed.mediaType, imageTypes);
  [parsed.config, ...parsed.layers].forEach(checkDescriptor);
  return parsed as Manifest;
}

/** Fails where a manifest, or who sent it, names a media type that is not among those that are possible. Errors: `unsupported`, `invalid`. */
export function checkManifestType(
  type: unknown,
  possible: readonly string[] = [...imageTypes, ...listTypes],
): void {
  if (type === undefined || type === null || type === '' || possible.some((each) => each === type)) return;
  const isOther = [...imageTypes, ...listTypes].some((each) => each === type);
  throw isOther
    ? new TspodError('invalid', `the manifest is not what its media type ${JSON.stringify(type)} says`)
    : new TspodError('unsupported', `the manifest is of the unknown type ${JSON.stringify(type)}`);
}

function checkDescriptor(descriptor: Partial<Descriptor> | null): void {
  if (
    typeof descriptor?.digest !== 'string' ||
    !Number.isSafeInteger(descriptor.size) ||
    (descriptor.size ?? -1) < 0
  ) {
    throw new TspodError('invalid', 'the manifest has a malformed descriptor');
  }
  digestHex(descriptor.digest);
}
