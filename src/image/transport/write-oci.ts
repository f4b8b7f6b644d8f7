import { closeSync, openSync } from 'node:fs';
import { digestHex } from '../../store/digest';
import type { FileSink } from '../../store/sink/file-sink';
import type { Descriptor } from '../manifest';
import { dropIfDamaged } from './packed-layer';
import type { PreparedBlob, PreparedImage } from './prepare-image';

/** What an OCI image layout is written with. */
export interface OciOptions {
  /** The image's name in the layout; absent: none. */
  name?: string;
  /** What the layout lists already: entries under the same name are replaced. */
  listed?: readonly Descriptor[];
  note: (line: string) => void;
}

const nameKey = 'org.opencontainers.image.ref.name';

/** Writes an image as an OCI image layout (image-layout.md). */
export async function writeOci(sink: FileSink, image: PreparedImage, options: OciOptions): Promise<void> {
  const { note } = options;
  await beginLayout(sink);
  await addBlobs(sink, image, { pathOf: (digest) => `blobs/sha256/${digestHex(digest)}`, note });
  const { digest, mediaType, bytes } = image.manifest;
  await sink.addBytes(`blobs/sha256/${digestHex(digest)}`, bytes);
  note('Writing manifest to image destination');
  await endLayout(sink, { mediaType, digest, size: bytes.length }, options);
}

/** What an OCI image layout begins with. */
export async function beginLayout(sink: FileSink): Promise<void> {
  await sink.addBytes('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
  // skopeo gives those to root that are not in the archive
  for (const folder of ['blobs', 'blobs/sha256']) await sink.addDirectory(folder);
}

/** Lists an image, or a list of images, whose blobs are in the layout, and ends the layout. */
export async function endLayout(
  sink: FileSink,
  descriptor: Descriptor,
  { name, listed = [] }: Pick<OciOptions, 'name' | 'listed'>,
): Promise<void> {
  const entry: Descriptor = {
    ...descriptor,
    ...(name === undefined ? {} : { annotations: { [nameKey]: name } }),
  };
  const others = listed.filter((other) =>
    name === undefined ? other.digest !== descriptor.digest : other.annotations?.[nameKey] !== name,
  );
  const index = { schemaVersion: 2, manifests: [...others, entry] };
  await sink.addBytes('index.json', Buffer.from(JSON.stringify(index)));
  await sink.finish();
}

/** Writes an image as a directory of the transport `dir:` (containers/image docs/containers-transports.5). */
export async function writeDir(
  sink: FileSink,
  image: PreparedImage,
  note: (line: string) => void,
): Promise<void> {
  await sink.addBytes('version', Buffer.from('Directory Transport Version: 1.1\n'));
  await addBlobs(sink, image, { pathOf: digestHex, note });
  await sink.addBytes('manifest.json', image.manifest.bytes);
  note('Writing manifest to image destination');
  await sink.finish();
}

/** Writes the layers and the configuration of an image, each once. */
export async function addBlobs(
  sink: FileSink,
  { layers, config }: PreparedImage,
  { pathOf, note }: { pathOf: (digest: string) => string; note: (line: string) => void },
): Promise<void> {
  for (const layer of new Map(layers.map((blob) => [blob.digest, blob])).values()) {
    note(`Copying blob ${layer.digest}`);
    await addBlob(sink, pathOf(layer.digest), layer);
  }
  note(`Copying config ${config.digest}`);
  await sink.addBytes(pathOf(config.digest), config.bytes);
}

async function addBlob(sink: FileSink, path: string, { file, size, digest }: PreparedBlob): Promise<void> {
  const descriptor = openSync(file, 'r');
  try {
    await sink.addRange(path, { descriptor, offset: 0, size }, digest);
  } catch (error) {
    dropIfDamaged(file, digest);
    throw error;
  } finally {
    closeSync(descriptor);
  }
}
