import { closeSync, openSync } from 'node:fs';
import { digestHex } from '../../store/digest';
import type { FileRange } from '../../store/file-range';
import type { FileSink } from '../../store/sink/file-sink';
import { tellCopy, type CopyReport } from '../copy-report';
import type { Descriptor } from '../format/manifest';
import { dropIfDamaged } from './packed-layer';
import type { PreparedBlob, PreparedImage } from './prepare-image';

/** What an OCI image layout is written with. */
export interface OciOptions extends CopyReport {
  /** The image's name in the layout; absent: none. */
  name?: string;
  /** What the layout lists already: entries under the same name are replaced. */
  listed?: readonly Descriptor[];
}

const nameKey = 'org.opencontainers.image.ref.name';

/** Writes an image as an OCI image layout (image-layout.md). */
export async function writeOci(sink: FileSink, image: PreparedImage, options: OciOptions): Promise<void> {
  await beginLayout(sink);
  await addBlobs(sink, image, { ...options, pathOf: (digest) => `blobs/sha256/${digestHex(digest)}` });
  const { digest, mediaType, bytes } = image.manifest;
  await sink.addBytes(`blobs/sha256/${digestHex(digest)}`, bytes);
  options.note('Writing manifest to image destination');
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
export async function writeDir(sink: FileSink, image: PreparedImage, report: CopyReport): Promise<void> {
  await sink.addBytes('version', Buffer.from('Directory Transport Version: 1.1\n'));
  await addBlobs(sink, image, { ...report, pathOf: digestHex });
  await sink.addBytes('manifest.json', image.manifest.bytes);
  report.note('Writing manifest to image destination');
  await sink.finish();
}

/** Writes the layers and the configuration of an image, each once. */
export async function addBlobs(
  sink: FileSink,
  { layers, config }: PreparedImage,
  { pathOf, ...report }: CopyReport & { pathOf: (digest: string) => string },
): Promise<void> {
  for (const layer of new Map(layers.map((blob) => [blob.digest, blob])).values()) {
    await tellCopy(report, layer, (onRead) => addBlob(sink, pathOf(layer.digest), { ...layer, onRead }));
  }
  report.note(`Copying config ${config.digest}`);
  await sink.addBytes(pathOf(config.digest), config.bytes);
}

async function addBlob(
  sink: FileSink,
  path: string,
  { file, size, digest, onRead }: PreparedBlob & { onRead: FileRange['onRead'] | undefined },
): Promise<void> {
  const descriptor = openSync(file, 'r');
  try {
    await sink.addRange(
      path,
      { descriptor, offset: 0, size, ...(onRead === undefined ? {} : { onRead }) },
      digest,
    );
  } catch (error) {
    dropIfDamaged(file, digest);
    throw error;
  } finally {
    closeSync(descriptor);
  }
}
