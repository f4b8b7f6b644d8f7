import { TspodError } from '../lib/errors';
import { digestHex } from '../store/digest';
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
  manifests: Descriptor[];
}

/** Media types of what tspod writes. */
export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
export const configType = 'application/vnd.oci.image.config.v1+json';

const dockerLayer = 'application/vnd.docker.image.rootfs.diff.tar';

/** The media type of a layer as a manifest of OCI names it. */
export function ociLayerType(type: string): string {
  if (!type.startsWith(dockerLayer)) return type;
  return type.replace(dockerLayer, 'application/vnd.oci.image.layer.v1.tar').replace(/\.gzip$/, '+gzip');
}

/** Reads a manifest or a list of them. Error `invalid`. */
export function parseManifest(data: Buffer): Manifest | ManifestIndex {
  const parsed = parseObject(data, 'manifest') as Partial<Manifest & ManifestIndex>;
  if (Array.isArray(parsed.manifests)) {
    parsed.manifests.forEach(checkDescriptor);
    return parsed as ManifestIndex;
  }
  if (parsed.schemaVersion !== 2 || parsed.config === undefined || !Array.isArray(parsed.layers)) {
    throw new TspodError('invalid', 'the manifest is neither of OCI nor of Docker (schema 2)');
  }
  [parsed.config, ...parsed.layers].forEach(checkDescriptor);
  return parsed as Manifest;
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
