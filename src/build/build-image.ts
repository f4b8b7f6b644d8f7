import type { Platform } from '../image/format/platform';
import { platformName } from '../image/format/platform';
import { commitImage } from '../image/add/commit-image';
import type { LayerSoFar } from '../image/add/commit-image';
import { lockContentShared } from '../image/remove/collect-garbage';
import { parseImageConfig } from '../image/format/image-config';
import { resolveImage } from '../image/find/resolve';
import type { Context } from '../lib/context';
import { isErrno } from '../lib/errors';
import { removeTrees } from '../runtime/tree';
import { hasPrivateMounts } from '../runtime/enter';
import { digestHex, digestOf } from '../store/digest';
import { openStore } from '../store/open-store';
import { publish } from '../store/publish';
import { makeStaging } from '../store/staging';
import type { Staging } from '../store/staging';
import type { StorePaths } from '../store/store-paths';
import { writeEntry } from '../store/build-cache';
import { openFileDigests } from './cache/file-digests';
import { NeedsWorker } from './engine/build';
import type { Build } from './engine/build';
import { chainOf, storedLayer } from './engine/layer-maker';
import { stageOf } from './engine/run-stage';
import { makeSlots } from '../lib/slots';
import { stageGraph } from './engine/stage-graph';
import type { StageState } from './engine/stage-state';
import { timestamp } from './engine/step-result';
import type { BuildEvent } from './events';
import { globalScope, platformArguments, unusedArguments } from './language/scope';
import type { BuildRequest, BuildResult } from './request';
import { assembleImage } from './result/assemble';
import { writeOutputs } from './result/outputs';
import { squashLayers } from './result/squash';
import { addToList } from './result/add-to-list';

export { NeedsWorker } from './engine/build';

/**
 * Builds an image. A process without all ids and a mount namespace of its own gets as far as the cache goes: where a step has to be
 * carried out it throws `NeedsWorker` before it has told or made anything, and the command runs itself again in such a place.
 * Errors: with the place in the Containerfile; a `RUN` that fails has its exit status.
 */
export async function buildImage(
  ctx: Context,
  request: BuildRequest,
  signal: AbortSignal,
): Promise<BuildResult> {
  if (hasPrivateMounts(ctx)) return buildAll(ctx, request, signal);
  const events: BuildEvent[] = [];
  const result = await buildAll(ctx, { ...request, report: (event) => events.push(event) }, signal);
  events.forEach(request.report);
  return result;
}

async function buildAll(ctx: Context, request: BuildRequest, signal: AbortSignal): Promise<BuildResult> {
  const store = openStore(ctx);
  const lock = lockContentShared(store);
  const numbers = { step: 0 };
  try {
    const platforms = request.platforms.length > 0 ? request.platforms : [{}];
    const isList = platforms.length > 1 || request.manifestList !== undefined;
    const isKept = isNamed(request) || request.outputs.length === 0;
    const results: BuildResult[] = [];
    for (const platform of platforms) {
      const named = isList ? { ...request, tags: [], outputs: outputsOf(request, platform) } : request;
      results.push(await buildOne({ ctx, store, signal, numbers, isKept }, named, platform));
    }
    return isList && isKept ? await addToList(ctx, request, results) : (results[0] ?? { names: [] });
  } finally {
    lock.release();
  }
}

function isNamed({ tags, manifestList }: BuildRequest): boolean {
  return tags.length > 0 || manifestList !== undefined;
}

/** Several platforms get a directory each, called as buildx calls them. */
function outputsOf({ platforms, outputs }: BuildRequest, platform: Platform): BuildRequest['outputs'] {
  if (platforms.length < 2) return outputs;
  const folder = platformName(platform).replaceAll('/', '_');
  return outputs.map((output) => ({ ...output, path: `${output.path}/${folder}` }));
}

interface Place {
  ctx: Context;
  store: StorePaths;
  signal: AbortSignal;
  numbers: { step: number };
  isKept: boolean;
}

async function buildOne(place: Place, request: BuildRequest, platform: Platform): Promise<BuildResult> {
  const { build, staging, global } = openBuild(place, request, platform);
  try {
    const result = await buildStages(build, global).catch(async (error: unknown) => {
      await settle(build);
      if (!place.signal.aborted)
        await push(build, place.signal).catch((reason: Error) => build.warn(reason.message));
      throw error;
    });
    await settle(build);
    await push(build, place.signal);
    return result;
  } finally {
    build.digests.save();
    for (const undo of build.atEnd.reverse()) undo();
    removeStaging(place.ctx, staging.open);
  }
}

async function buildStages(build: Build, global: Map<string, string>): Promise<BuildResult> {
  const { target, needed } = build.graph;
  const states = needed.map(({ index }) => stageOf(build, global, index));
  try {
    await Promise.all(states);
  } catch (error) {
    // what runs beside it is of no use to anybody
    build.abort(error);
    throw error;
  }
  return finish(build, await stageOf(build, global, target.index));
}

async function push(build: Build, signal: AbortSignal): Promise<void> {
  if (build.request.cache.to.length === 0 || build.results.length === 0) return;
  const { pushSteps } = await import('./cache/registry/push-steps');
  await pushSteps(build, signal);
}

function openBuild(
  { ctx, store, signal, numbers, isKept }: Place,
  request: BuildRequest,
  platform: Platform,
): { build: Build; staging: { open?: Staging }; global: Map<string, string> } {
  const { containerfile } = request;
  const warn: Build['warn'] = (text, at) => request.report({ kind: 'warning', text, ...(at ? { at } : {}) });
  const global = globalScope(containerfile, {
    given: request.buildArgs,
    predefined: platformArguments(platform),
  });
  for (const { message, at } of containerfile.warnings) warn(message, at);
  const unused = unusedArguments(containerfile, request.buildArgs.keys());
  if (unused.length > 0) warn(`one or more build args were not consumed: [${unused.join(' ')}]`);
  const staging: { open?: Staging } = {};
  const names = { count: 0 };
  const isSeveral = request.platforms.length > 1;
  const failure = new AbortController();
  const build: Build = {
    ...{ ctx, request, containerfile, platform, store, atEnd: [], results: [], warn },
    signal: AbortSignal.any([signal, failure.signal]),
    abort: (reason) => failure.abort(reason),
    remote: { skipped: new Set(), wrong: new Set() },
    isKept,
    ...(isSeveral ? { platformLabel: platformName(platform) } : {}),
    graph: stageGraph(containerfile, global, request),
    stages: new Map(),
    slots: makeSlots(request.jobs),
    digests: openFileDigests(store, request.context?.path ?? '/'),
    staging() {
      if (!hasPrivateMounts(ctx)) throw new NeedsWorker('the build needs all ids');
      return (staging.open ??= makeStaging(store));
    },
    nextName: (kind) => `${kind}-${++names.count}`,
    label: (step) => ({
      ...step,
      id: ++numbers.step,
      ...(isSeveral ? { platform: platformName(platform) } : {}),
    }),
  };
  return { build, staging, global };
}

/** What has been made so far is kept for the next build, also where a later step has failed. */
async function settle(build: Build): Promise<void> {
  await Promise.allSettled(build.stages.values());
  const made = build.results.filter(({ isStored }) => !isStored);
  const layers = new Set(made.flatMap((result) => result.layers));
  const settled = await Promise.allSettled([...layers].map(({ done }) => done));
  publishLayers(
    build.store,
    settled.flatMap((result) => (result.status === 'fulfilled' ? result.value : [])),
  );
  for (const result of made) {
    const chainIds = await chainOf(result.layers).catch(() => undefined);
    if (!chainIds?.every((hex) => hasLayer(build.store, hex))) continue;
    writeEntry(build.store, result.key, { version: 1, ...result.entry, chainIds });
    result.isStored = true;
  }
}

function hasLayer(store: StorePaths, hex: string): boolean {
  return process.getBuiltinModule('node:fs').existsSync(`${store.layers}/${hex}/layer.json`);
}

/** Where the layer is now. */
function published(store: StorePaths, layer: LayerSoFar): LayerSoFar {
  return storedLayer(store, digestHex(layer.chainId)) ?? layer;
}

function publishLayers(store: StorePaths, layers: readonly LayerSoFar[]): void {
  const staged = layers.filter((layer) => layer.staged !== undefined);
  if (staged.length === 0) return;
  publish(store, {
    blobs: staged.flatMap(({ staged: layer }) =>
      layer?.blobFile === undefined ? [] : [{ file: layer.blobFile, digest: layer.blob.digest }],
    ),
    layers: staged.flatMap(({ chainId, staged: layer }) =>
      layer ? [{ directory: layer.directory, chainId }] : [],
    ),
  });
  for (const layer of staged) layer.staged = undefined;
}

async function finish(build: Build, state: StageState): Promise<BuildResult> {
  const { ctx, request, store } = build;
  const { squash } = request.changes;
  const kind = squash === 'none' && !request.cache.layers ? 'new' : squash;
  const layers =
    kind === 'none'
      ? await Promise.all(state.layers.map(({ done }) => done))
      : await squashLayers(build, state, kind);
  const image = assembleImage(
    state,
    layers,
    request,
    request.times.created === undefined ? state.created : timestamp(build),
  );
  if (request.outputs.length > 0) {
    publishLayers(store, layers);
    await writeOutputs(build, { image, layers: layers.map((layer) => published(store, layer)) });
    if (!build.isKept) return { names: [] };
  }
  const id = digestHex(digestOf(image.config));
  const digest = digestOf(image.manifest.bytes);
  if (!isThere(ctx, id, digest, request.tags)) {
    const staging = makeStaging(store);
    try {
      const parsed = parseImageConfig(image.config);
      commitImage(
        store,
        { names: request.tags, config: image.config, manifest: image.manifest },
        { staging, layers, config: parsed },
      );
      for (const layer of layers) layer.staged = undefined;
    } finally {
      staging.remove();
    }
  }
  return { imageId: id, digest, names: request.tags };
}

/** Whether the store has just this image by all these names: then nothing is to be written. */
function isThere(ctx: Context, id: string, digest: string, names: readonly string[]): boolean {
  const found = resolveImage(ctx, id);
  return found?.digest === digest && names.every((name) => found.names.includes(name));
}

function removeStaging(ctx: Context, staging: Staging | undefined): void {
  if (staging === undefined) return;
  try {
    staging.remove();
  } catch (error) {
    if (!isErrno(error, 'EACCES', 'EPERM', 'ENOTEMPTY', 'EBUSY')) throw error;
    removeTrees(ctx, [staging.path]);
  }
}
