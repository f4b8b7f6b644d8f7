import { digestHex, digestOf } from '../../store/digest';
import type { FileRange } from '../../store/file-range';
import type { FileSink } from '../../store/sink/file-sink';
import type { StorePaths } from '../../store/store-paths';
import { tellCopy, type CopyReport } from '../copy-report';
import { layerPacking } from '../../store/media-types';
import { plainLayer } from './packed-layer';
import { withBlob } from './stored-image';
import type { StoredImage, StoredLayer } from './stored-image';

/** An image, and the names `registry/path:tag` that the archive gives it. */
export interface NamedImage {
  image: StoredImage;
  names: string[];
}

/**
 * Writes the form of `docker save`: uncompressed layers, each once, then configurations, manifest.json, and what Docker
 * before 1.10 reads (moby image/spec/spec.md, v1.md).
 */
export async function writeDockerArchive(
  store: StorePaths,
  sink: FileSink,
  { images, ...report }: CopyReport & { images: readonly NamedImage[] },
): Promise<void> {
  const written = new Set<string>();
  const once = (path: string): boolean => !written.has(path) && written.add(path) !== undefined;
  const items = [];
  const repositories: Record<string, Record<string, string>> = {};
  for (const { image, names } of images) {
    for (const layer of image.layers) {
      if (once(layerFile(layer))) {
        const { diffId: digest, size } = layer;
        await tellCopy(report, { digest, size }, (onRead) => addLayerFile(store, sink, { ...layer, onRead }));
      }
    }
    const config = `${image.id}.json`;
    if (once(config)) {
      report.note(`Copying config sha256:${image.id}`);
      await sink.addBytes(config, image.configBytes);
    }
    const top = await addLegacy(sink, image, once);
    for (const name of names) addRepository(repositories, name, top);
    items.push({ Config: config, RepoTags: names, Layers: image.layers.map(layerFile) });
  }
  await sink.addBytes('manifest.json', Buffer.from(JSON.stringify(items)));
  await sink.addBytes('repositories', Buffer.from(JSON.stringify(repositories)));
  report.note('Writing manifest to image destination');
  await sink.finish();
}

function layerFile({ diffId }: StoredLayer): string {
  return `${digestHex(diffId)}.tar`;
}

function addLayerFile(
  store: StorePaths,
  sink: FileSink,
  { onRead, ...layer }: StoredLayer & { onRead: FileRange['onRead'] | undefined },
): Promise<void> {
  return withBlob(store, layer, (blob) => {
    const range = onRead === undefined ? blob : { ...blob, onRead };
    return layerPacking(layer) === 'none'
      ? sink.addRange(layerFile(layer), range, layer.digest)
      : sink.addStream(layerFile(layer), plainLayer(range, layer.diffId));
  });
}

/** A folder for each layer, named after what is below it and, of the uppermost, the configuration; returns that one's name. */
async function addLegacy(
  sink: FileSink,
  image: StoredImage,
  once: (path: string) => boolean,
): Promise<string> {
  let parent: string | undefined;
  for (const [at, layer] of image.layers.entries()) {
    const isTop = at === image.layers.length - 1;
    const id = digestHex(digestOf(JSON.stringify([layer.chainId, isTop ? image.id : ''])));
    if (once(`${id}/VERSION`)) {
      await sink.addLink(`${id}/layer.tar`, `../${layerFile(layer)}`);
      await sink.addBytes(`${id}/VERSION`, Buffer.from('1.0'));
      await sink.addBytes(
        `${id}/json`,
        Buffer.from(JSON.stringify(legacyConfig(image, { id, parent, isTop }))),
      );
    }
    parent = id;
  }
  return parent ?? '';
}

function legacyConfig(
  { config }: StoredImage,
  { id, parent, isTop }: { id: string; parent: string | undefined; isTop: boolean },
): object {
  const chain = { id, ...(parent === undefined ? {} : { parent }) };
  if (!isTop) return { ...chain, created: '1970-01-01T00:00:00Z' };
  const { created = '1970-01-01T00:00:00Z', architecture, os } = config;
  return { ...chain, created, architecture, os, config: config.config ?? {} };
}

function addRepository(
  repositories: Record<string, Record<string, string>>,
  name: string,
  top: string,
): void {
  const colon = name.lastIndexOf(':');
  (repositories[name.slice(0, colon)] ??= {})[name.slice(colon + 1)] = top;
}
