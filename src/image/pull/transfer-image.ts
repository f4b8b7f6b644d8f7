import { rmSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { chainIdsOf, digestHex } from '../../store/digest';
import { openPartialBlob } from '../../store/partial-blob';
import type { StorePaths } from '../../store/store-paths';
import { postponeOptimizing } from '../../sys/postpone-optimizing';
import { lockContentShared } from '../remove/collect-garbage';
import { parseImageConfig } from '../format/image-config';
import type { ChosenManifest } from './choose-manifest';
import { commitPresent } from './commit-present';
import type { EarlyReceiver } from './early-receiver';
import { fetchConfig } from './fetch-blob';
import type { BlobSource } from './fetch-blob';
import { fetchLayers } from './fetch-layers';
import type { LayerFetch } from './fetch-layers';
import { findComplete, hasLayer } from './find-complete';
import type { PullEvent } from './pull-request';
import type { PlannedLayer } from './receiver-protocol';
import { startReceiver } from './start-receiver';
import type { Receiver } from './start-receiver';

/** How an image is brought into the store. */
export interface TransferOptions {
  source: BlobSource;
  /** Full names that the image gets. */
  names: string[];
  /** How often a blob is asked for again after a connection that broke and brought nothing. */
  retry: number;
  /** Before the first of these, in milliseconds; it doubles. */
  retryDelay: number;
  /** Layers on their way at the same time; 6 by default. */
  atOnce?: number;
  signal?: AbortSignal;
  /** May have the process that unpacks already. */
  early?: EarlyReceiver;
  report: (event: PullEvent) => void;
}

interface Transfer extends TransferOptions {
  ctx: Context;
  store: StorePaths;
  chosen: ChosenManifest;
  /** Told when what an earlier pull has left is used. */
  resumed: () => void;
}

/**
 * Brings an image into the store whose manifest is known: layers that are not there are fetched in parallel, and
 * unpacked by a second process while they come. Returns its id. After an error the store is as before; what has been
 * fetched stays for the next pull.
 */
export async function transferImage(
  ctx: Context,
  store: StorePaths,
  chosen: ChosenManifest,
  options: TransferOptions,
): Promise<string> {
  const content = lockContentShared(store);
  try {
    // two pulls of one image: the second one waits, and finds it
    const lock = await openPartialBlob(store, digestHex(chosen.digest), options.signal);
    try {
      return findComplete(store, chosen.digest) ?? (await tryTwice({ ...options, ctx, store, chosen }));
    } finally {
      rmSync(lock.path, { force: true });
      lock.release();
    }
  } finally {
    content.release();
  }
}

/** When what an earlier pull has left was not what it should be, it is gone now: the second time goes without it. */
async function tryTwice(options: Omit<Transfer, 'resumed'>): Promise<string> {
  let hasResumed = false;
  const transfer: Transfer = { ...options, resumed: () => void (hasResumed = true) };
  try {
    return await transferOnce(transfer);
  } catch (error) {
    if (!hasResumed || !(error instanceof TspodError) || error.code !== 'invalid') throw error;
    return transferOnce(transfer);
  }
}

async function transferOnce(transfer: Transfer): Promise<string> {
  const { ctx, store, chosen, report } = transfer;
  report({ kind: 'started' });
  const abort = new AbortController();
  const end = (): void => abort.abort(transfer.signal?.reason);
  transfer.signal?.addEventListener('abort', end, { once: true });
  let receiver: Receiver | undefined;
  const receive = (): Receiver => (receiver ??= transfer.early?.take() ?? startReceiver(ctx));
  const fetch = fetchLayers(store, chosen.parsed.layers, {
    ...transfer,
    signal: abort.signal,
    // it starts while the first bytes are on their way
    send: (message) => receive().send(message),
  });
  const optimize = postponeOptimizing();
  try {
    if (fetch.missing.size > 0) receive();
    const config = fetchConfig(store, chosen.parsed.config, { ...transfer, signal: abort.signal });
    const planned = config.then((bytes) => sendPlan(transfer, bytes, { fetch, receive }));
    planned.catch(() => undefined);
    const id = await Promise.race([planned.then((result) => result ?? receive().result), fetch.failed]);
    await fetch.finished;
    return id;
  } catch (error) {
    throw await cause(error, fetch, receiver);
  } finally {
    abort.abort(new TspodError('state', 'given up'));
    transfer.signal?.removeEventListener('abort', end);
    await Promise.allSettled([fetch.finished, receiver?.abort()]);
    optimize();
  }
}

/** Bytes that make no sense to the one who unpacks are usually not those that were asked for: then that is the error. */
async function cause(error: unknown, fetch: LayerFetch, receiver: Receiver | undefined): Promise<unknown> {
  const suspect = receiver?.suspect();
  if (suspect === undefined) return error;
  return fetch.of(suspect).then(
    () => error,
    (reason: unknown) => reason,
  );
}

/** Tells the one who unpacks what is to be made; where there is nothing to unpack the image is made here, and its id is returned. */
async function sendPlan(
  { store, chosen, names, report }: Transfer,
  bytes: Buffer,
  { fetch, receive }: { fetch: LayerFetch; receive: () => Receiver },
): Promise<string | undefined> {
  const { layers } = chosen.parsed;
  const config = parseImageConfig(bytes, layers.length);
  report({ kind: 'config', digest: chosen.parsed.config.digest });
  const chain = chainIdsOf(config.rootfs.diff_ids);
  const image = { names, config: bytes, ...chosen };
  if (layers.every(({ digest }, at) => hasLayer(store, chain[at] ?? '', digest)))
    return commitPresent(store, image, { config, chain });
  const planned: PlannedLayer[] = layers.map(({ digest, size, mediaType }) => ({
    ...{ digest, size, mediaType },
    isComing: fetch.missing.has(digest),
  }));
  receive().send([
    'plan',
    {
      names,
      config: bytes.toString('base64'),
      manifest: { bytes: chosen.bytes.toString('base64'), mediaType: chosen.mediaType },
      ...(chosen.listDigest === undefined ? {} : { listDigest: chosen.listDigest }),
      layers: planned,
    },
  ]);
  return undefined;
}
