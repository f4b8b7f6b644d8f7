import type { LayerSoFar } from '../../image/add/commit-image';
import type { HistoryEntry } from '../../image/format/image-config';
import { formatRfc3339, nowNs } from '../../lib/time';
import { readEntry } from '../../store/build-cache';
import type { CacheEntry } from '../../store/build-cache';
import type { StepLabel } from '../events';
import type { StepWork } from '../steps/carry-out';
import type { Build } from './build';
import { chainOf, storedLayer } from './layer-maker';
import type { TellProgress } from './pull-progress';
import type { StageState } from './stage-state';

/** What is known of a step that need not be carried out. */
export interface KnownResult {
  /** As in the cache's entry. */
  created: string;
  made?: string;
  /** Absent: the step adds none. */
  layer?: LayerSoFar;
  /** Whether it came from a registry, and this store has no entry for it yet. */
  isNew: boolean;
}

/** The result of a step, of the store's cache or of a repository of `--cache-from`; undefined: it has to be carried out. */
export async function findResult(
  build: Build,
  state: StageState,
  { key, tell }: { key: string; tell: TellProgress },
): Promise<KnownResult | undefined> {
  const chain = await chainOf(state.layers);
  const entry = lookUp(build, key, chain);
  if (entry === undefined) return findRemote(build, state, { key, tell });
  const hex = entry.chainIds[chain.length];
  const layer = hex === undefined ? undefined : storedLayer(build.store, hex);
  const { created, made } = entry;
  return { created, ...(made === undefined ? {} : { made }), ...(layer ? { layer } : {}), isNew: false };
}

async function findRemote(
  build: Build,
  state: StageState,
  asked: { key: string; tell: TellProgress },
): Promise<KnownResult | undefined> {
  if (build.request.cache.from.length === 0) return undefined;
  // who cannot unpack a layer asks no registry
  build.staging();
  const { findStep } = await import('../cache/registry/find-step');
  return build.slots.run(() => findStep(build, state, asked));
}

/** An entry whose layers are those of the stage, and perhaps one more. */
function lookUp(build: Build, key: string, chain: readonly string[]): CacheEntry | undefined {
  const entry = readEntry(build.store, key, build.request.cache.ttl);
  if (entry === undefined || entry.chainIds.length > chain.length + 1) return undefined;
  if (chain.some((hex, at) => entry.chainIds[at] !== hex)) return undefined;
  const added = entry.chainIds[chain.length];
  return added === undefined || storedLayer(build.store, added) !== undefined ? entry : undefined;
}

/** Goes on from a result that is known. */
export function takeResult(
  build: Build,
  state: StageState,
  step: KnownResult & { work: StepWork; key: string; label: StepLabel; source: string },
): void {
  const { created, made, layer, isNew, work, key, label, source } = step;
  const { report } = build.request;
  if (layer !== undefined) state.layers.push({ diff: layer.diff, done: Promise.resolve(layer) });
  work.apply(state);
  Object.assign(state, { key, created });
  addHistory(build, state, work.history, layer !== undefined);
  const times = made === undefined ? {} : { made };
  keepResult(build, state, { source, hasLayer: layer !== undefined, isStored: !isNew, times });
  report({ kind: 'start', step: label });
  report({ kind: 'cached', step: label });
}

/** What is to be remembered of a step. */
interface KeptResult {
  source: string;
  hasLayer: boolean;
  /** Whether the store has the entry already. */
  isStored?: boolean;
  /** Absent: it was made now. */
  times?: { made?: string };
}

/** The step's entry is written when its layers are in the store, and pushed after that. */
export function keepResult(
  build: Build,
  state: StageState,
  { source, hasLayer, isStored = false, times = madeNow(build) }: KeptResult,
): void {
  const { created, key } = state;
  const entry = { created, ...times, step: source.slice(0, 200) };
  build.results.push({ key, entry, layers: [...state.layers], hasLayer, isStored });
}

/** The image's time says it, unless another one was asked for. */
function madeNow({ request: { times } }: Build): { made?: string } {
  return times.created === undefined ? {} : { made: formatRfc3339(nowNs()) };
}

/** Adds what a step says of itself to the history of the image. */
export function addHistory(build: Build, state: StageState, entry: HistoryEntry, hasLayer = false): void {
  const isFirst = state.history.length === (state.base?.history?.length ?? 0);
  state.history.push({
    created: state.created || timestamp(build),
    ...entry,
    ...(isFirst && state.baseName !== '' ? { comment: `FROM ${state.baseName}` } : {}),
    ...(hasLayer ? {} : { empty_layer: true }),
  });
}

/** RFC 3339: now, or what was asked. */
export function timestamp({ request: { times } }: Pick<Build, 'request'>): string {
  return formatRfc3339(times.created === undefined ? nowNs() : BigInt(times.created) * 1_000_000_000n);
}
