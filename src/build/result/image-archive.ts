import { parseImageConfig } from '../../image/format/image-config';
import type { LayerSoFar } from '../../image/add/commit-image';
import { parseManifest } from '../../image/format/manifest';
import type { Manifest } from '../../image/format/manifest';
import { listedIn } from '../../image/transport/layout-index';
import { writeArchive } from '../../image/transport/output-file';
import { prepareImage } from '../../image/transport/prepare-image';
import type { StoredImage } from '../../image/transport/stored-image';
import { writeDockerArchive } from '../../image/transport/write-docker-archive';
import { writeOci } from '../../image/transport/write-oci';
import { digestHex, digestOf } from '../../store/digest';
import { createDirectorySink } from '../../store/sink/directory-sink';
import type { FileSink } from '../../store/sink/file-sink';
import type { Build } from '../engine/build';
import type { BuildOutput } from '../request';
import type { AssembledImage } from './assemble';

/** A result, and its layers from bottom to top; they have to be in the store. */
export interface Result {
  image: AssembledImage;
  layers: readonly LayerSoFar[];
}

/** Writes the image in the form of `save`: the archive appears when it is complete. Errors: those of the system. */
export async function writeImageArchive(
  build: Build,
  result: Result,
  { kind, path, name, isDirectory }: Extract<BuildOutput, { kind: 'oci' | 'docker' }>,
): Promise<void> {
  const { store, signal, request } = build;
  const staging = build.staging();
  const image = storedImage(result);
  const names = name === undefined ? request.tags : [name];
  const note = (): void => signal.throwIfAborted();
  const target = { path, replace: true, staging, hearsSignals: true };
  if (kind === 'docker')
    return writeArchive(target, (sink) =>
      writeDockerArchive(store, sink, { images: [{ image, names }], note }),
    );
  const prepared = await prepareImage(store, image, {
    ...{ staging, kind: 'oci', compress: true, compressor: { format: 'gzip' }, force: false },
    onLayer: note,
  });
  const named = names[0] === undefined ? { note } : { name: names[0], note };
  const write = (sink: FileSink): Promise<void> => writeOci(sink, prepared, named);
  if (!isDirectory) return writeArchive(target, write);
  await writeOci(createDirectorySink(path), prepared, { ...named, listed: listedIn(path) });
}

/** The image as if it had been read from the store. */
function storedImage({ image: { config, manifest }, layers }: Result): StoredImage {
  return {
    id: digestHex(digestOf(config)),
    ...{ config: parseImageConfig(config), configBytes: config },
    manifest: {
      ...manifest,
      digest: digestOf(manifest.bytes),
      parsed: parseManifest(manifest.bytes) as Manifest,
    },
    layers: layers.map(({ chainId, record: { diffId, blob } }) => ({ ...blob, diffId, chainId })),
  };
}
