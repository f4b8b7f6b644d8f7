import type { Platform } from '../../image/format/platform';
import { findLocal } from '../../image/pull/find-local';
import { ensureImage, namesTransport } from '../../image/find/ensure-image';
import type { ImageFetch } from '../../image/find/ensure-image';
import type { ResolvedImage } from '../../image/find/resolve';
import { TspodError } from '../../lib/errors';
import { digestHex } from '../../store/digest';
import type { SourceTree } from '../files/source-tree';
import { errorAt } from '../language/language-error';
import type { SourceRange, Word } from '../language/types';
import type { Build } from './build';
import { chainOf } from './layer-maker';
import { pullProgress } from './pull-progress';
import type { TellProgress } from './pull-progress';
import { findSource } from './stage-graph';
import type { Source } from './stage-graph';
import type { StageState } from './stage-state';

/** What a step can ask for. */
export interface Surroundings {
  stageOf: (index: number) => Promise<StageState>;
  tell: TellProgress;
}

/** What `--from` or `from=` leads to; the build's own context without it. Waits for a stage that is being built. */
export async function sourceTree(
  build: Build,
  state: StageState,
  from: Word | undefined,
  at: SourceRange,
  around: Surroundings,
): Promise<SourceTree> {
  if (from === undefined || from.text === '') return contextTree(build, at);
  const { graph, request } = build;
  const source = findSource({ stages: graph.stages, contexts: request.namedContexts }, state.stage, from);
  try {
    return await treeOf(build, source, around);
  } catch (error) {
    throw error instanceof TspodError && error.excerpt.length === 0 ? errorAt(from.at, error) : error;
  }
}

async function treeOf(build: Build, source: Source, { stageOf, tell }: Surroundings): Promise<SourceTree> {
  switch (source.kind) {
    case 'scratch':
      return { view: { directories: [] }, identity: 'scratch', name: 'scratch' };
    case 'stage': {
      const { layers, name } = await stageOf(source.stage.index);
      const top = (await chainOf(layers)).at(-1) ?? 'scratch';
      return {
        view: { directories: layers.map(({ diff }) => diff).reverse() },
        identity: top,
        name: `stage "${name}"`,
      };
    }
    case 'image':
      return imageTree(await findBase(build, source.reference, { tell }));
    case 'context':
      if (source.context.kind === 'image')
        return imageTree(await findBase(build, source.context.reference, { tell }));
      return {
        view: { directories: [source.context.path] },
        ignore: source.context.ignore,
        name: `the build context "${source.name}"`,
        isContext: true,
      };
  }
}

function contextTree({ request, warn }: Build, at: SourceRange): SourceTree {
  const { context } = request;
  if (context !== undefined)
    return {
      view: { directories: [context.path] },
      ignore: context.ignore,
      name: 'the build context',
      isContext: true,
      onSocket: (path) => warn(`"${path}" left out: it is a socket`, at),
    };
  throw errorAt(
    at,
    new TspodError('usage', 'there is no build context to copy from', {
      hint: 'name a directory: tspod build -f FILE DIRECTORY',
    }),
  );
}

function imageTree({ layers, chainIds, name, id }: ResolvedImage): SourceTree {
  return {
    view: { directories: layers },
    identity: chainIds[0] ?? digestHex(`sha256:${id}`),
    name: `image "${name}"`,
  };
}

/** An image that is a base or a source, pulled as the options say. */
export async function findBase(
  build: Build,
  reference: string,
  { tell, platform = build.platform }: { tell: TellProgress; platform?: Platform },
): Promise<ResolvedImage> {
  const { ctx, request, signal } = build;
  const { pull: policy, platforms } = request;
  const wanted = platforms.length > 0 || platform !== build.platform ? { platform } : {};
  // how far it is can only be shown by a process that need not begin again
  if (!isHere(build, reference, wanted)) build.staging();
  const fetch: ImageFetch = {
    ...{ policy, ...wanted },
    options: async () => ({ registry: { ...request.registry, signal }, report: pullProgress(tell) }),
  };
  return ensureImage(ctx, reference, fetch);
}

function isHere(
  { ctx, request: { pull } }: Build,
  reference: string,
  { platform }: { platform?: Platform },
): boolean {
  if (pull === 'never' || namesTransport(reference)) return true;
  return pull === 'missing' && findLocal(ctx, reference, platform) !== undefined;
}
