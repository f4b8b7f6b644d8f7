import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import type { StorePaths } from '../../store/store-paths';
import type { BlobEvent, BlobState } from '../pull/pull-request';
import { formatReference } from '../reference';
import type { ImageReference } from '../reference';
import { pushTarget } from '../registry/endpoints';
import type { RegistryOptions, Repository } from '../registry/types';
import { dropIfDamaged } from '../transport/packed-layer';
import { prepareImage } from '../transport/prepare-image';
import type { PreparedImage, PrepareOptions } from '../transport/prepare-image';
import type { StoredImage } from '../transport/stored-image';
import { placeOf, placesOf, rememberBlobs } from './blob-places';
import { pushBlob } from './push-blobs';
import type { OutgoingBlob } from './push-blobs';
import { createSendQueue } from './send-queue';

/** How an image is sent to a registry. */
export interface RegistryPush {
  reference: ImageReference;
  registry: RegistryOptions;
  prepare: PrepareOptions;
  /** Told of each step. */
  note: (line: string) => void;
  /** Told how far the layers are, instead of a line for each. */
  progress?: ((event: BlobEvent) => void) | undefined;
}

/** Blobs on their way at the same time. */
const atOnce = 6;

/**
 * Sends an image to a registry: what is there is left, what another repository of the registry has is mounted, the rest is
 * uploaded, several blobs at a time, while further layers are still being compressed; last the manifest. Returns its digest.
 */
export async function pushToRegistry(
  ctx: Context,
  store: StorePaths,
  { image, reference, registry, prepare, note, progress }: RegistryPush & { image: StoredImage },
): Promise<string> {
  const repository = pushTarget(ctx, reference, registry);
  const place = placeOf(repository.name);
  const places = placesOf(ctx, place.registry);
  const queue = createSendQueue(registry.atOnce ?? atOnce);
  const sent = new Set<string>();
  let isAllThere = true;
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
      const isPresent = outcome === 'present';
      isAllThere &&= isPresent;
      if (report) tell(isPresent ? 'skipped' : 'done', blob.size);
      else note(`Copying ${what} ${blob.digest}${isPresent ? ' skipped: already exists' : ''}`);
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
  const known = isAllThere ? knownAs(repository, reference.tag ?? prepared.manifest.digest) : undefined;
  await queue.done();
  const named = nameImage(repository, { reference, prepared, known: isAllThere ? known : undefined, note });
  // when it is sent, and while the registry is writing
  await Promise.race([named, new Promise(setImmediate)]);
  rememberBlobs(ctx, place, [...sent]);
  await named;
  return prepared.manifest.digest;
}

/** Writes the manifest, unless nothing had to be sent and the registry has it under this name already. */
async function nameImage(
  repository: Repository,
  { reference, prepared: { manifest }, known, note }: Naming,
): Promise<void> {
  if (reference.digest !== undefined && reference.digest !== manifest.digest) {
    throw new TspodError(
      'usage',
      `${formatReference(reference)}: the manifest to be written has the digest ${manifest.digest}`,
    );
  }
  if ((await known) === manifest.digest) {
    note('Skipping: image already present at destination');
    return;
  }
  note('Writing manifest to image destination');
  try {
    await repository.putManifest(reference.tag ?? manifest.digest, manifest.bytes, manifest.mediaType);
  } catch (error) {
    throw wrapError('writing the manifest', error);
  }
}

interface Naming extends Pick<RegistryPush, 'reference' | 'note'> {
  prepared: PreparedImage;
  /** The digest of what the registry has under this name; undefined where blobs of the image were missing. */
  known: Promise<string | undefined> | undefined;
}

/** The digest of the manifest that has the name, a tag or a digest; undefined too where the registry does not tell. */
async function knownAs(repository: Repository, name: string): Promise<string | undefined> {
  const head = await repository.headManifest(name).catch(() => undefined);
  return head?.digest;
}
