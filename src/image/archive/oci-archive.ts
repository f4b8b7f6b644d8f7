import { TspodError, wrapError } from '../../lib/errors';
import { checkBlob } from '../../store/blob-writer';
import { digestHex, digestOf } from '../../store/digest';
import { parseObject } from '../image-config';
import { parseManifest } from '../manifest';
import type { Descriptor, Manifest } from '../manifest';
import { choosePlatform } from '../platform';
import { formatReference, localReference, parseReference } from '../reference';
import { readArchiveFile, requireArchiveFile } from './archive-files';
import type { ArchiveFiles } from './archive-files';
import type { ArchivedImage } from './archived-image';

/** The images of an OCI image layout (image-layout.md). Of several platforms this machine's is taken. Error `invalid`. */
export function readOciArchive(files: ArchiveFiles): ArchivedImage[] {
  checkLayout(files);
  const index = parseManifest(readArchiveFile(files, 'index.json'));
  if (!('manifests' in index)) throw new TspodError('invalid', 'index.json is not an index of manifests');
  if (index.manifests.length === 0) throw new TspodError('invalid', 'index.json lists no image');
  const images = new Map<string, ArchivedImage>();
  for (const descriptor of index.manifests) {
    const name = nameOf(descriptor);
    const image = images.get(descriptor.digest) ?? readImage(files, descriptor);
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

function readImage(files: ArchiveFiles, descriptor: Descriptor, depth = 0): ArchivedImage {
  const bytes = readBlob(files, descriptor);
  const manifest = parseManifest(bytes);
  if ('config' in manifest) return fromManifest(files, manifest, { bytes, mediaType: descriptor.mediaType });
  if (depth === 4) throw new TspodError('invalid', 'lists of manifests are nested too deeply');
  return readImage(files, choosePlatform(manifest.manifests), depth + 1);
}

function fromManifest(
  files: ArchiveFiles,
  manifest: Manifest,
  raw: { bytes: Buffer; mediaType: string },
): ArchivedImage {
  const layers = manifest.layers.map(({ digest, size, mediaType }) => ({
    range: requireArchiveFile(files, blobFile(digest)),
    expected: { digest, size, mediaType },
  }));
  return { names: [], config: readBlob(files, manifest.config), manifest: raw, layers };
}

function readBlob(files: ArchiveFiles, { digest, size }: Descriptor): Buffer {
  const data = readArchiveFile(files, blobFile(digest));
  try {
    checkBlob({ digest: digestOf(data), size: data.length }, { digest, size });
  } catch (error) {
    throw wrapError(`reading blob ${digestHex(digest).slice(0, 12)}`, error);
  }
  return data;
}

function blobFile(digest: string): string {
  return `blobs/sha256/${digestHex(digest)}`;
}

/** The name that containerd or the OCI annotation gives; short ones are below `localhost/`, as in Podman. */
function nameOf({ annotations }: Descriptor): string | undefined {
  const name =
    annotations?.['io.containerd.image.name'] ?? annotations?.['org.opencontainers.image.ref.name'];
  if (name === undefined || name === '') return undefined;
  try {
    return formatReference(localReference(parseReference(name)));
  } catch (error) {
    throw wrapError('reading index.json', error);
  }
}
