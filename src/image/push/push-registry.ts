import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import type { StorePaths } from '../../store/store-paths';
import type { BlobEvent, BlobState } from '../copy-report';
import { formatReference } from '../name/reference';
import type { ImageReference } from '../name/reference';
import { pushTarget } from '../registry/endpoints';
import type { RegistryOptions, Repository } from '../registry/types';
import { dropIfDamaged } from '../transport/packed-layer';
import { preparedImage, prepareImage } from '../transport/prepare-image';
import type { PreparedImage, PrepareOptions } from '../transport/prepare-image';
import type { StoredImage } from '../transport/stored-image';
import { placeOf, placesOf, rememberBlobs } from './blob-places';
import { pushBlob } from './push-blobs';
import type { OutgoingBlob } from './push-blobs';
import { createSendQueue } from './send-queue';

/** A registry that has been asked what it has under the name of an image. */
export interface RegistryTarget {
  repository: Repository;
  reference: ImageReference;
  /** The digest of the manifest there; undefined where there is none, or it does not tell. Error `network`. */
  known: Promise<string | undefined>;
}

/** How an image is sent to a registry. */
export interface RegistryPush {
  target: RegistryTarget;
  /** Blobs on their way at the same time. */
  atOnce?: number | undefined;
  prepare: PrepareOptions;
  /** Told of each step. */
  note: (line: string) => void;
  /** Told how far the layers are, instead of a line for each. */
  progress?: ((event: BlobEvent) => void) | undefined;
}

/** By default so many. */
const BLOBS_AT_ONCE = 6;

/**
 * Asks the registry what it has under a name, the tag or digest of the reference unless another one is given; it answers while
 * the image is read. Error `denied`: it is blocked.
 */
export async function openTarget(
  ctx: Context,
  reference: ImageReference,
  registry: RegistryOptions,
  name = reference.tag ?? reference.digest,
): Promise<RegistryTarget> {
  const repository = pushTarget(ctx, reference, registry);
  const known = digestThere(repository, name);
  // told to who waits for it
  known.catch(() => undefined);
  // the request is on its way then
  await new Promise(setImmediate);
  return { repository, reference, known };
}

async function digestThere(repository: Repository, name: string | undefined): Promise<string | undefined> {
  try {
    return name === undefined ? undefined : (await repository.headManifest(name))?.digest;
  } catch (error) {
    if (error instanceof TspodError && error.code !== 'network') return undefined;
    throw error;
  }
}

/**
 * Sends an image to a registry, unless that has its manifest under the name, and so all that it names. Returns the
 * digest of the manifest.
 */
export async function pushToRegistry(
  ctx: Context,
  store: StorePaths,
  push: RegistryPush & { image: StoredImage },
): Promise<string> {
  const { image, prepare, target, note } = push;
  const ready = preparedImage(store, image, prepare)?.manifest.digest;
  if (ready !== undefined) checkDigest(target.reference, ready);
  const known = await target.known;
  if (known === undefined || known !== ready) return sendImage(ctx, store, push);
  note('Skipping: image already present at destination');
  return known;
}

/**
 * What is there is left, what another repository of the registry has is mounted, the rest is uploaded, several blobs at a
 * time, while further layers are still being compressed; last the manifest.
 */
async function sendImage(
  ctx: Context,
  store: StorePaths,
  { image, target, atOnce = BLOBS_AT_ONCE, prepare, note, progress }: RegistryPush & { image: StoredImage },
): Promise<string> {
  const { repository, reference } = target;
  const place = placeOf(repository.name);
  const places = placesOf(ctx, place.registry);
  const queue = createSendQueue(atOnce);
  const sent = new Set<string>();
  const send = (blob: OutgoingBlob, what: string): void => {
    if (sent.has(blob.digest)) return;
    sent.add(blob.digest);
    queue.add(async () => {
      const report = what === 'blob' ? progress : undefined;
      const tell = (state: BlobState, got = 0): void =>
        report?.({ kind: 'blob', digest: blob.digest, size: blob.size, got, state });
      tell('copying');
      const sending = { ...blob, sent: (got: number) => tell('copying', got) };
      const outcome = await pushBlob(repository, sending, places(blob.digest)).catch((error: unknown) => {
        if (typeof blob.source === 'string') dropIfDamaged(blob.source, blob.digest);
        throw error;
      });
      if (report) tell(outcome === 'present' ? 'skipped' : 'done', blob.size);
      else note(`Copying ${what} ${blob.digest}${outcome === 'present' ? ' skipped: already exists' : ''}`);
    });
  };
  const { configBytes } = image;
  send({ digest: `sha256:${image.id}`, size: configBytes.length, source: configBytes }, 'config');
  const prepared = await prepareImage(store, image, {
    ...prepare,
    onLayer: ({ file, ...blob }) => {
      queue.check();
      send({ ...blob, source: file }, 'blob');
    },
  }).catch(async (error: unknown) => {
    await queue.settled();
    throw error;
  });
  await queue.done();
  note('Writing manifest to image destination');
  const written = putManifest(repository, reference, prepared);
  // when it is sent, and while the registry is writing
  await Promise.race([written, new Promise(setImmediate)]);
  rememberBlobs(ctx, place, [...sent]);
  await written;
  return prepared.manifest.digest;
}

async function putManifest(
  repository: Repository,
  reference: ImageReference,
  { manifest }: PreparedImage,
): Promise<void> {
  checkDigest(reference, manifest.digest);
  try {
    await repository.putManifest(reference.tag ?? manifest.digest, manifest.bytes, manifest.mediaType);
  } catch (error) {
    throw wrapError('writing the manifest', error);
  }
}

function checkDigest(reference: ImageReference, digest: string): void {
  if (reference.digest === undefined || reference.digest === digest) return;
  const text = `${formatReference(reference)}: the manifest to be written has the digest ${digest}`;
  throw new TspodError('usage', text);
}
