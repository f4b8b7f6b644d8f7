import type { ImageRunConfig } from '../../image/format/image-config';
import { hostArchitecture } from '../../image/format/platform';
import type { ResolvedImage } from '../../image/find/resolve';
import { TspodError } from '../../lib/errors';
import { stepKey } from '../../store/build-cache';
import { errorAt } from '../language/language-error';
import { stageScope } from '../language/scope';
import type { Stage } from '../language/types';
import { parsePlatform } from '../parse-platform';
import type { Build } from './build';
import { storedLayer } from './layer-maker';
import { findBase } from './source-of';
import type { Surroundings } from './source-of';
import type { Source } from './stage-graph';
import type { BuiltLayer, StageState } from './stage-state';
import { timestamp } from './step-result';

/** A stage before its first instruction: its base, or another stage that has been built. Errors: with the place of `FROM`. */
export async function startOfStage(
  build: Build,
  stage: Stage,
  { stageOf, tell }: Surroundings,
): Promise<StageState> {
  const base = build.graph.bases.get(stage.index);
  if (base?.kind === 'stage') return copyOf(await stageOf(base.stage.index), stage);
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
    const image = await build.slots.run(() => findBase(build, reference, { tell, platform }));
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

/** A stage that another one goes on from, with its arguments too, as BuildKit has it. */
function copyOf(from: StageState, stage: Stage): StageState {
  const { env, args, variables } = from.scope;
  return {
    ...from,
    ...{ stage, name: stage.from.name ?? String(stage.index), ownCommand: false },
    config: structuredClone(from.config),
    history: [...from.history],
    layers: [...from.layers],
    scope: { env: new Map(env), args: new Map(args), variables: new Map(variables) },
  };
}

function timesKey({ request: { times } }: Build): unknown {
  return [times.clampFiles ?? null, times.setFiles ?? null];
}
