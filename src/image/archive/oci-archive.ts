import { TspodError, wrapError } from '../../lib/errors';
import { digestHex } from '../../store/digest';
import { checkImageManifest } from '../format/check-image-manifest';
import { parseObject } from '../format/image-config';
import { checkManifestType, parseManifest } from '../format/manifest';
import type { Descriptor, Manifest } from '../format/manifest';
import { choosePlatform } from '../format/platform';
import type { Platform } from '../format/platform';
import { formatReference, localReference, parseReference } from '../name/reference';
import { readArchiveFile, readVerifiedFile, requireArchiveFile } from './archive-files';
import type { ArchiveFiles } from './archive-files';
import type { ArchivedImage } from './archived-image';

/**
 * The images of an OCI image layout (image-layout.md). Of a list the image for the platform is taken, by default this
 * machine's. Error `invalid`.
 */
export function readOciArchive(files: ArchiveFiles, platform?: Platform): ArchivedImage[] {
  checkLayout(files);
  const index = parseManifest(readArchiveFile(files, 'index.json'));
  if (!('manifests' in index)) throw new TspodError('invalid', 'index.json is not an index of manifests');
  if (index.manifests.length === 0) throw new TspodError('invalid', 'index.json lists no image');
  const images = new Map<string, ArchivedImage>();
  for (const descriptor of index.manifests) {
    const name = nameOf(descriptor);
    const image = images.get(descriptor.digest) ?? readImage(files, descriptor, platform);
    if (name !== undefined && !image.names.includes(name)) image.names.push(name);
    images.set(descriptor.digest, image);
  }
  return [...images.values()];
}

function checkLayout(files: ArchiveFiles): void {
  const layout = parseObject(readArchiveFile(files, 'oci-layout'), 'file oci-layout') as {
    imageLayoutVersion?: unknown;
  };
  if (layout.imageLayoutVersion === '1.0.0') return;
  const version = JSON.stringify(layout.imageLayoutVersion);
  throw new TspodError('invalid', `OCI image layout of version ${version}: expected "1.0.0"`);
}

function readImage(
  files: ArchiveFiles,
  descriptor: Descriptor,
  platform: Platform | undefined,
  depth = 0,
): ArchivedImage {
  const bytes = readBlob(files, descriptor);
  const manifest = parseManifest(bytes);
  checkManifestType(manifest.mediaType || descriptor.mediaType);
  if ('config' in manifest) return fromManifest(files, manifest, { bytes, mediaType: descriptor.mediaType });
  if (depth === 4) throw new TspodError('invalid', 'lists of manifests are nested too deeply');
  return readImage(files, choosePlatform(manifest.manifests, platform), platform, depth + 1);
}

function fromManifest(
  files: ArchiveFiles,
  manifest: Manifest,
  raw: { bytes: Buffer; mediaType: string },
): ArchivedImage {
  checkImageManifest(manifest);
  const layers = manifest.layers.map(({ digest, size, mediaType }) => ({
    range: requireArchiveFile(files, blobFile(digest)),
    expected: { digest, size, mediaType },
  }));
  return { names: [], config: readBlob(files, manifest.config), manifest: raw, layers };
}

function readBlob(files: ArchiveFiles, descriptor: Descriptor): Buffer {
  return readVerifiedFile(files, blobFile(descriptor.digest), descriptor);
}

function blobFile(digest: string): string {
  return `blobs/sha256/${digestHex(digest)}`;
}

/** The name that containerd or the OCI annotation gives; short ones are below `localhost/`, as in Podman. */
function nameOf({ annotations }: Descriptor): string | undefined {
  const name: unknown =
    annotations?.['io.containerd.image.name'] ?? annotations?.['org.opencontainers.image.ref.name'];
  if (name === undefined || name === '') return undefined;
  if (typeof name !== 'string')
    throw new TspodError('invalid', `reading index.json: ${JSON.stringify(name)} is no name of an image`);
  try {
    return formatReference(localReference(parseReference(name)));
  } catch (error) {
    throw wrapError('reading index.json', error);
  }
}
