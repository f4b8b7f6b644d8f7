import { makeSlots } from '../../lib/slots';
import { hasBlob } from '../../store/layer/layer-record';
import type { StorePaths } from '../../store/store-paths';
import { createBufferCollector } from '../../sys/buffer-collector';
import type { BufferCollector } from '../../sys/buffer-collector';
import type { Descriptor } from '../format/manifest';
import { fetchBlob } from './fetch-blob';
import type { BlobSource } from './fetch-blob';
import type { PullEvent } from './pull-request';
import type { FetcherMessage } from './receiver-protocol';

/** Downloads at once: as many as Podman's. */
const parallel = 6;
/** The one who unpacks, and the one who watches, are told of so many more bytes at a time. */
const steps = { unpack: 1 << 20, watch: 1 << 18 };

/** Layers that are being fetched. */
export interface LayerFetch {
  /** The digests of those that the store has not. */
  missing: ReadonlySet<string>;
  /** Never resolves; fails with the first error. */
  failed: Promise<never>;
  /** Resolves when nothing is being fetched any more, be it after an error. */
  finished: Promise<void>;
  /** Resolves when a layer, by its place, is there and verified; fails when it could not be fetched. */
  of(layer: number): Promise<void>;
}

export interface LayerFetchOptions {
  source: BlobSource;
  signal: AbortSignal;
  retry: number;
  retryDelay: number;
  /** Layers on their way at the same time; 6 by default. */
  atOnce?: number;
  resumed: () => void;
  report: (event: PullEvent) => void;
  /** Told what has come. */
  send: (message: FetcherMessage) => void;
}

/** Starts to fetch the layers that the store has not, from the bottom up, several at once. */
export function fetchLayers(
  store: StorePaths,
  layers: readonly Descriptor[],
  options: LayerFetchOptions,
): LayerFetch {
  const byDigest = new Map(layers.map((layer) => [layer.digest, layer]));
  const missing = [...byDigest.values()].filter(({ digest }) => !hasBlob(store, digest));
  for (const layer of byDigest.values()) {
    const state = missing.includes(layer) ? 'waiting' : 'skipped';
    options.report({ kind: 'blob', digest: layer.digest, size: layer.size, got: 0, state });
  }
  const slots = makeSlots(options.atOnce ?? parallel);
  const collect = createBufferCollector();
  const tasks = new Map(
    missing.map((layer) => [
      layer.digest,
      slots.run(() => fetchLayer(store, layer, placesOf(layers, layer), { ...options, collect })),
    ]),
  );
  const failed = new Promise<never>((_, reject) => {
    for (const task of tasks.values()) task.catch(reject);
  });
  failed.catch(() => undefined);
  return {
    missing: new Set(tasks.keys()),
    failed,
    finished: Promise.allSettled(tasks.values()).then(() => undefined),
    of: (layer) => tasks.get(layers[layer]?.digest ?? '') ?? Promise.resolve(),
  };
}

function placesOf(layers: readonly Descriptor[], { digest }: Descriptor): number[] {
  return layers.flatMap((layer, at) => (layer.digest === digest ? [at] : []));
}

async function fetchLayer(
  store: StorePaths,
  layer: Descriptor,
  places: readonly number[],
  options: LayerFetchOptions & { collect: BufferCollector },
): Promise<void> {
  options.signal.throwIfAborted();
  const { digest, size } = layer;
  const tell = (got: number, state: 'copying' | 'done' | 'skipped'): void =>
    options.report({ kind: 'blob', digest, size, got, state });
  tell(0, 'copying');
  const watch = bySteps(steps.watch, size, (bytes) => tell(bytes, 'copying'));
  const unpack = bySteps(steps.unpack, size, (bytes) => {
    for (const place of places) options.send(['have', place, bytes]);
  });
  const have = (bytes: number): void => {
    unpack(bytes);
    watch(bytes);
  };
  const isFetched = await fetchBlob(store, layer, { ...options, have });
  for (const place of places) options.send(['done', place]);
  tell(size, isFetched ? 'done' : 'skipped');
}

/** Tells of a number that grows to `end` at once, when it has grown by `step`, and at the end. */
function bySteps(step: number, end: number, tell: (value: number) => void): (value: number) => void {
  let next = 0;
  return (value) => {
    if (value < next && value < end) return;
    next = value + step;
    tell(value);
  };
}
