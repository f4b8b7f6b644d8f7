import type { ResolvedImage } from '../../image/resolve';
import type { HistoryEntry, ImageRunConfig } from '../../image/image-config';
import { hostArchitecture } from '../../image/platform';
import { formatRfc3339, nowNs } from '../../lib/time';
import { readEntry, stepKey } from '../../store/build-cache';
import type { CacheEntry } from '../../store/build-cache';
import { expandInstruction } from '../language/expand-instruction';
import { errorAt } from '../language/language-error';
import { parseTriggers } from '../language/parse-containerfile';
import { declareArguments, stageScope } from '../language/scope';
import type { ParsedInstruction, Stage, Variables } from '../language/types';
import { parsePlatform } from '../parse-platform';
import { carryOut } from '../steps/carry-out';
import type { StepWork } from '../steps/carry-out';
import type { Build } from './build';
import { NeedsWorker } from './build';
import { chainOf, storedLayer } from './layer-maker';
import { findBase } from './source-of';
import type { Source } from './stage-graph';
import type { BuiltLayer, StageState } from './stage-state';
import { TspodError } from '../../lib/errors';

/** Builds a stage, or gives the one that is being built. */
export function stageOf(build: Build, global: Variables, index: number): Promise<StageState> {
  const begun = build.stages.get(index);
  if (begun !== undefined) return begun;
  const stage = build.graph.stages[index] as Stage;
  const state = runStage(build, global, stage);
  // who needs it waits for it; another stage's error may come first
  state.catch(() => undefined);
  build.stages.set(index, state);
  return state;
}

async function runStage(build: Build, global: Variables, stage: Stage): Promise<StageState> {
  const name = stage.from.name ?? String(stage.index);
  const total = stage.instructions.length + 1;
  const from = build.label({ stage: name, number: 1, total, text: stage.from.source, at: stage.from.at });
  const state = await tell(build, from, () => startOfStage(build, global, stage));
  const triggers = triggersOf(state);
  for (const [at, instruction] of [...triggers, ...stage.instructions].entries()) {
    build.signal.throwIfAborted();
    const number = at + 2 - triggers.length;
    const label = build.label({
      ...{ stage: name, number: Math.max(1, number), total, text: instruction.source, at: instruction.at },
    });
    try {
      await step(build, state, { instruction, global, label });
    } catch (error) {
      throw placed(error, instruction);
    }
  }
  return state;
}

/** Every error of a step says where the step stands. */
function placed(error: unknown, { at }: ParsedInstruction): unknown {
  return error instanceof TspodError && error.excerpt.length === 0 ? errorAt(at, error) : error;
}

/** Reports the beginning and the end of a step. */
async function tell<T>(build: Build, label: ReturnType<Build['label']>, work: () => Promise<T>): Promise<T> {
  const { report } = build.request;
  const begun = performance.now();
  const seconds = (): number => (performance.now() - begun) / 1000;
  report({ kind: 'start', step: label });
  try {
    const result = await work();
    report({ kind: 'done', step: label, seconds: seconds() });
    return result;
  } catch (error) {
    if (!(error instanceof NeedsWorker)) report({ kind: 'failed', step: label, seconds: seconds() });
    throw error;
  }
}

async function startOfStage(build: Build, global: Variables, stage: Stage): Promise<StageState> {
  const base = build.graph.bases.get(stage.index);
  if (base?.kind === 'stage') return copyOf(await stageOf(build, global, base.stage.index), stage);
  const name = stage.from.name ?? String(stage.index);
  if (base === undefined || base.kind === 'scratch') return emptyStage(build, stage, name);
  try {
    const text = build.graph.platforms.get(stage.index);
    const platform = text === undefined ? build.platform : parsePlatform(text);
    if (base.kind === 'context' && base.context.kind === 'directory')
      throw new TspodError(
        'unsupported',
        `the build context "${base.name}" is a directory: it cannot be a base`,
        {
          hint: 'COPY --from takes files from it',
        },
      );
    const reference =
      base.kind === 'context' ? (base.context as { reference: string }).reference : base.reference;
    const image = await build.slots.run(() => findBase(build, reference, platform));
    return imageStage(build, stage, name, image);
  } catch (error) {
    throw baseError(error, stage, base);
  }
}

/** With the place, and what may have been meant. */
function baseError(error: unknown, { from }: Stage, base: Source): unknown {
  if (!(error instanceof TspodError) || error.excerpt.length > 0) return error;
  const later = base.kind === 'image' ? base.later : undefined;
  if (later === undefined) return errorAt(from.image.at, error);
  const hint = `the stage of this name comes too late, in line ${later.from.at.line}: put it before this one`;
  return errorAt(from.image.at, new TspodError(error.code, error.message, { hint, cause: error }));
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function emptyStage(build: Build, stage: Stage, name: string): StageState {
  const { os = 'linux', architecture = hostArchitecture(), variant } = build.platform;
  return {
    ...{ stage, name, baseName: '', baseDigest: '', history: [], layers: [], baseLayers: 0 },
    // as BuildKit and Podman begin
    config: { Env: [`PATH=${DEFAULT_PATH}`], WorkingDir: '/' },
    ...{ os, architecture, ...(variant ? { variant } : {}) },
    key: stepKey('scratch', timesKey(build)),
    isCached: build.request.cache.use && build.request.cache.layers,
    created: timestamp(build),
    ownCommand: false,
    scope: stageScope([['PATH', DEFAULT_PATH]]),
  };
}

function imageStage(build: Build, stage: Stage, name: string, image: ResolvedImage): StageState {
  const config: ImageRunConfig = structuredClone(image.config.config ?? {});
  const layers = image.chainIds.toReversed().map((hex): BuiltLayer => {
    const found = storedLayer(build.store, hex);
    if (found === undefined)
      throw new TspodError('invalid', `layer ${hex.slice(0, 12)} is missing`, {
        hint: 'repair the store: tspod system check --repair',
      });
    return { diff: found.diff, done: Promise.resolve(found) };
  });
  // as BuildKit and Podman begin
  if (!config.Env?.some((entry) => entry.startsWith('PATH=')))
    config.Env = [`PATH=${DEFAULT_PATH}`, ...(config.Env ?? [])];
  const env = config.Env.map((entry): [string, string] => {
    const equals = entry.indexOf('=');
    return [entry.slice(0, equals), entry.slice(equals + 1)];
  });
  return {
    ...emptyStage(build, stage, name),
    ...{ base: image.config, baseName: image.name, baseDigest: image.digest, config, layers },
    ...{ os: image.config.os, architecture: image.config.architecture },
    ...(image.config.variant ? { variant: image.config.variant } : {}),
    ...(image.config.author ? { author: image.config.author } : {}),
    history: [...(image.config.history ?? [])],
    baseLayers: layers.length,
    key: stepKey(`image ${image.id}`, timesKey(build)),
    created: image.config.created ?? timestamp(build),
    scope: stageScope(env),
  };
}

/** A stage that another one goes on from; its arguments are its own. */
function copyOf(from: StageState, stage: Stage): StageState {
  const { scope: _, ...rest } = from;
  return {
    ...rest,
    ...{ stage, name: stage.from.name ?? String(stage.index), ownCommand: false },
    config: structuredClone(from.config),
    history: [...from.history],
    layers: [...from.layers],
    scope: stageScope(from.scope.env),
  };
}

function timesKey({ request: { times } }: Build): unknown {
  return [times.clampFiles ?? null, times.setFiles ?? null];
}

/** What the base wants done first; it is gone then. */
function triggersOf(state: StageState): ParsedInstruction[] {
  const triggers = state.base?.config?.OnBuild ?? [];
  if (triggers.length === 0 || state.layers.length !== state.baseLayers) return [];
  delete state.config.OnBuild;
  return parseTriggers(triggers, `ONBUILD of ${state.baseName}`);
}

interface Step {
  instruction: ParsedInstruction;
  global: Variables;
  label: ReturnType<Build['label']>;
}

async function step(build: Build, state: StageState, step: Step): Promise<void> {
  const { instruction: parsed, global, label } = step;
  const { escape } = build.containerfile.directives;
  if (parsed.kind === 'arg') return declare(build, state, { ...step, instruction: parsed });
  const instruction = expandInstruction(parsed, { variables: state.scope.variables, escape });
  const work = await carryOut(build, state, instruction, {
    label,
    stageOf: (index) => stageOf(build, global, index),
  });
  const key = stepKey(state.key, work.key);
  const entry =
    state.isCached && !work.isVolatile ? lookUp(build, key, await chainOf(state.layers)) : undefined;
  if (entry !== undefined) return takeCached(build, state, { entry, work, key, label });
  state.isCached = false;
  await tell(build, label, async () => {
    const layer = await build.slots.run(() => work.make());
    if (layer !== undefined) state.layers.push(layer);
    work.apply(state);
    Object.assign(state, { key, created: timestamp(build) });
    addHistory(build, state, work.history, layer !== undefined);
  });
  if (build.request.cache.layers && !work.isVolatile) keep(build, state, parsed.source);
}

/** An argument changes nothing but what follows. */
async function declare(
  build: Build,
  state: StageState,
  { instruction, global, label }: Step & { instruction: Extract<ParsedInstruction, { kind: 'arg' }> },
): Promise<void> {
  const { escape } = build.containerfile.directives;
  await tell(build, label, async () => {
    declareArguments(state.scope, instruction, { given: build.request.buildArgs, global, escape });
    addHistory(build, state, { created_by: `/bin/sh -c #(nop) ${instruction.source}` });
  });
}

/** The step's entry is written when its layers are in the store. */
function keep(build: Build, state: StageState, source: string): void {
  const { created, key } = state;
  const layers = [...state.layers];
  const entry = async (): Promise<CacheEntry> => ({
    version: 1,
    created,
    chainIds: await chainOf(layers),
    step: source.slice(0, 200),
  });
  build.made.push({ key, entry });
}

/** An entry whose layers are those of the stage, and perhaps one more. */
function lookUp(build: Build, key: string, chain: readonly string[]): CacheEntry | undefined {
  const entry = readEntry(build.store, key, build.request.cache.ttl);
  if (entry === undefined || entry.chainIds.length > chain.length + 1) return undefined;
  if (chain.some((hex, at) => entry.chainIds[at] !== hex)) return undefined;
  const added = entry.chainIds[chain.length];
  return added === undefined || storedLayer(build.store, added) !== undefined ? entry : undefined;
}

function takeCached(
  build: Build,
  state: StageState,
  { entry, work, key, label }: { entry: CacheEntry; work: StepWork; key: string; label: Step['label'] },
): void {
  const { report } = build.request;
  const hex = entry.chainIds[state.layers.length];
  const layer = hex === undefined ? undefined : storedLayer(build.store, hex);
  if (layer !== undefined) state.layers.push({ diff: layer.diff, done: Promise.resolve(layer) });
  work.apply(state);
  Object.assign(state, { key, created: entry.created });
  addHistory(build, state, work.history, layer !== undefined);
  report({ kind: 'start', step: label });
  report({ kind: 'cached', step: label });
}

function addHistory(build: Build, state: StageState, entry: HistoryEntry, hasLayer = false): void {
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
