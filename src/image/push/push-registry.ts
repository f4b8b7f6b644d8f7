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
  const queue = createQueue(registry.atOnce ?? atOnce);
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
      const isPresent = outcome === 'present';
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
  if (reference.digest !== undefined && reference.digest !== manifest.digest) {
    throw new TspodError(
      'usage',
      `${formatReference(reference)}: the manifest to be written has the digest ${manifest.digest}`,
    );
  }
  try {
    await repository.putManifest(reference.tag ?? manifest.digest, manifest.bytes, manifest.mediaType);
  } catch (error) {
    throw wrapError('writing the manifest', error);
  }
}

interface Queue {
  add(work: () => Promise<void>): void;
  /** Throws what has failed until now. */
  check(): void;
  /** Resolves when nothing runs any more. */
  settled(): Promise<void>;
  /** Resolves when all is done; fails with the first failure. */
  done(): Promise<void>;
}

/** Runs a few pieces of work at a time; after a failure no further one is started. */
function createQueue(limit: number): Queue {
  const waiting: (() => Promise<void>)[] = [];
  const running = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;
  const next = (): void => {
    while (failure === undefined && running.size < limit) {
      const work = waiting.shift();
      if (work === undefined) return;
      const run: Promise<void> = work()
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => {
          running.delete(run);
          next();
        });
      running.add(run);
    }
  };
  const check = (): void => {
    if (failure !== undefined) throw failure.error;
  };
  const settled = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running);
  };
  return {
    add(work) {
      waiting.push(work);
      next();
    },
    check,
    settled,
    async done() {
      await settled();
      check();
    },
  };
}
