import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import { readImageIndex } from '../../store/image-index';
import { openStore } from '../../store/open-store';
import { stagingAtUse } from '../../store/staging';
import { lockContentShared } from '../remove/collect-garbage';
import { imageNotKnown } from '../find/ensure-image';
import { matchImage } from '../find/find-image';
import type { StorePaths } from '../../store/store-paths';
import type { ImageMatch } from '../find/find-image';
import { dockerReference, parseReference } from '../name/reference';
import type { ImageReference } from '../name/reference';
import type { BlobEvent } from '../copy-report';
import type { RegistryOptions } from '../registry/types';
import type { ManifestKind } from '../../store/media-types';
import { openCompressor } from '../transport/packed-layer';
import type { Compression, Compressor } from '../transport/packed-layer';
import { parseTransport } from '../transport/parse-transport';
import type { TransportReference } from '../transport/parse-transport';
import type { PrepareOptions } from '../transport/prepare-image';
import { readStoredImage } from '../transport/stored-image';
import type { StoredImage } from '../transport/stored-image';
import { writeTransport } from '../transport/write-transport';
import { recordEvent } from '../../store/events/record-event';

/** How an image is pushed. */
export interface PushOptions {
  /** A name in a registry, or a place with a transport; undefined is the image's own name. */
  destination: string | undefined;
  /** Absent: as the image is stored. */
  kind?: ManifestKind;
  compression: Compression;
  /** Whether layers that are compressed in another format are compressed anew. */
  force: boolean;
  /** `dir:`: compress what is not compressed. */
  compressDirectory: boolean;
  registry: RegistryOptions;
  /** Told of each step. */
  note: (line: string) => void;
  /** Told how far the blobs for a registry are, instead of a line for each. */
  progress?: (event: BlobEvent) => void;
}

/**
 * Copies an image of the store to a registry, or to an archive or a directory. Where nothing has to be converted the
 * manifest and all blobs are those that are stored, byte for byte. Returns the digest of the manifest.
 */
export async function pushImage(ctx: Context, name: string, options: PushOptions): Promise<string> {
  const compressor = await openCompressor(ctx, options.compression);
  const store = openStore(ctx);
  const match = matchImage(ctx, readImageIndex(store), name);
  if (match === undefined) throw imageNotKnown(name);
  const digest = await push(ctx, name, { ...options, store, match, compressor });
  const { imageId: id } = match.entry;
  const to = options.destination ?? name;
  recordEvent(ctx, { type: 'image', status: 'push', name: to, ...(id === undefined ? {} : { id }) });
  return digest;
}

interface Push extends PushOptions {
  store: StorePaths;
  match: ImageMatch;
  compressor: Compressor;
}

async function push(ctx: Context, name: string, options: Push): Promise<string> {
  const { match } = options;
  if (match.entry.list !== undefined) {
    const { pushList } = await import('../manifest-list/push-list');
    return pushList(ctx, name, { ...options, all: true });
  }
  const { destination = ownName(match, name) } = options;
  const place = parseTransport(destination);
  try {
    return place === undefined || place.transport === 'docker'
      ? await toRegistry(ctx, place?.path ?? destination, options)
      : await toFiles(place, options);
  } catch (error) {
    throw wrapError(`pushing ${name} to ${destination}`, error);
  }
}

async function toRegistry(ctx: Context, destination: string, options: Push): Promise<string> {
  const { store, registry, note, progress } = options;
  const reference = registryReference(destination);
  const { openTarget, pushToRegistry } = await import('./push-registry');
  const target = await openTarget(ctx, reference, registry);
  return withImage(options, (image, prepare) =>
    pushToRegistry(ctx, store, {
      ...{ target, image, note, progress, atOnce: registry.atOnce },
      prepare: { ...prepare, compress: true },
    }),
  );
}

function toFiles(place: TransportReference, options: Push): Promise<string> {
  const { store, match, note, progress } = options;
  const names = match.by === 'name' && match.entry.name !== undefined ? [match.entry.name] : [];
  const compress = place.transport === 'dir' ? options.compressDirectory : true;
  return withImage(options, (image, prepare) =>
    writeTransport(
      store,
      { image, names },
      { place, prepare: { ...prepare, compress }, note, ...(progress === undefined ? {} : { progress }) },
    ),
  );
}

/** Lets `use` read the image, of which nothing goes meanwhile. */
async function withImage(
  { store, match, kind, force, compressor }: Push,
  use: (image: StoredImage, prepare: Omit<PrepareOptions, 'compress'>) => Promise<string>,
): Promise<string> {
  const lock = lockContentShared(store);
  const staging = stagingAtUse(store);
  try {
    const image = readStoredImage(store, match.entry);
    return await use(image, { staging, compressor, force, ...(kind === undefined ? {} : { kind }) });
  } finally {
    staging.remove();
    lock.release();
  }
}

function ownName({ entry }: ImageMatch, text: string): string {
  if (entry.name !== undefined) return entry.name;
  throw new TspodError('usage', `image "${text}" has no name: it is not known where to push it`, {
    hint: 'name a destination: tspod push IMAGE REGISTRY/NAME:TAG',
  });
}

function registryReference(text: string): ImageReference {
  const reference = dockerReference(parseReference(text));
  if (reference.domain !== 'localhost') return reference;
  throw new TspodError('usage', `"${text}" is a name of this machine only, not of a registry`, {
    hint: 'name a destination: tspod push IMAGE REGISTRY/NAME:TAG (a registry on this machine is localhost:PORT)',
  });
}
