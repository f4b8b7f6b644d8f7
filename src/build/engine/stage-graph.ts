import { TspodError } from '../../lib/errors';
import { expandWord } from '../language/expand-instruction';
import { errorAt, languageError } from '../language/language-error';
import { findStage, namedSources } from '../language/stage-names';
import type { Containerfile, RawWord, SourceRange, Stage, Variables } from '../language/types';
import type { BuildRequest, NamedContext } from '../request';

/** What a name in `FROM`, `--from` or `from=` stands for. */
export type Source =
  | { kind: 'stage'; stage: Stage }
  | { kind: 'context'; name: string; context: NamedContext }
  | { kind: 'image'; reference: string }
  | { kind: 'scratch' };

/** The stages of a file and what they are made of. */
export interface StageGraph {
  stages: readonly Stage[];
  /** The base of each stage. */
  bases: ReadonlyMap<number, Source>;
  /** The platform that its FROM names, as written. */
  platforms: ReadonlyMap<number, string>;
  target: Stage;
  /** The stages that the target needs, or all, in their order. */
  needed: readonly Stage[];
}

/**
 * Looks up what every stage is made of. Error `invalid`, with the place: a stage that needs itself or a later one;
 * `not-found`: no such target.
 */
export function stageGraph(
  { stages, directives }: Containerfile,
  global: Variables,
  request: Pick<BuildRequest, 'target' | 'skipUnusedStages' | 'namedContexts' | 'from'>,
): StageGraph {
  const expansion = { variables: global, escape: directives.escape };
  const bases = new Map<number, Source>();
  const platforms = new Map<number, string>();
  const needs = new Map<number, number[]>();
  for (const stage of stages) {
    const { image, platform } = stage.from;
    const name =
      stage.index === 0 && request.from !== undefined ? request.from : expandWord(image, expansion).text;
    if (name === '')
      throw languageError(
        image.at,
        `base name "${image.raw}" is empty`,
        'give the argument: --build-arg NAME=VALUE',
      );
    const base = findSource({ stages, contexts: request.namedContexts }, stage, { text: name, at: image.at });
    bases.set(stage.index, base);
    if (platform) platforms.set(stage.index, expandWord(platform, expansion).text);
    const others = stage.instructions
      .flatMap(namedSources)
      .map((word) => sourceOf(word, stage, { stages, contexts: request.namedContexts, expansion }));
    needs.set(
      stage.index,
      [base, ...others].flatMap((source) => (source?.kind === 'stage' ? [source.stage.index] : [])),
    );
  }
  const target = targetOf(stages, request.target);
  const wanted = new Set<number>();
  const want = (index: number): void => {
    if (wanted.has(index)) return;
    wanted.add(index);
    needs.get(index)?.forEach(want);
  };
  if (request.skipUnusedStages) want(target.index);
  else for (const { index } of stages.slice(0, target.index + 1)) want(index);
  return { stages, bases, platforms, target, needed: stages.filter(({ index }) => wanted.has(index)) };
}

/** What a name stands for in a stage: a build context, an earlier stage, or an image. Error `invalid`. */
export function findSource(
  { stages, contexts }: { stages: readonly Stage[]; contexts: ReadonlyMap<string, NamedContext> },
  within: Stage,
  { text, at }: { text: string; at: SourceRange },
): Source {
  const context = contexts.get(text);
  if (context !== undefined) return { kind: 'context', name: text, context };
  const isBase = at === within.from.image.at;
  const stage = isBase && /^\d+$/.test(text) ? undefined : findStage(stages, text, within.index);
  if (stage === undefined)
    return text === 'scratch' ? { kind: 'scratch' } : { kind: 'image', reference: text };
  if (stage.index < within.index) return { kind: 'stage', stage };
  // an image may have the name that its own stage is given
  if (isBase && stage.index === within.index) return { kind: 'image', reference: text };
  const message =
    stage.index === within.index
      ? `the stage "${text}" needs itself`
      : `the stage "${text}" comes later, in line ${stage.from.at.line}`;
  throw languageError(at, `${message}: stages form a cycle`, 'use only stages that come before');
}

function sourceOf(
  word: RawWord,
  stage: Stage,
  options: {
    stages: readonly Stage[];
    contexts: ReadonlyMap<string, NamedContext>;
    expansion: Parameters<typeof expandWord>[1];
  },
): Source | undefined {
  const text = expandWord(word, options.expansion).text;
  return text === '' ? undefined : findSource(options, stage, { text, at: word.at });
}

function targetOf(stages: readonly Stage[], name: string | undefined): Stage {
  const last = stages.at(-1) as Stage;
  if (name === undefined) return last;
  const found = findStage(stages, name);
  if (found !== undefined) return found;
  const names = stages.flatMap(({ from }) => from.name ?? []);
  throw errorAt(
    last.from.at,
    new TspodError('not-found', `target stage "${name}" could not be found`, {
      hint:
        names.length === 0 ? 'give the stage a name: FROM IMAGE AS NAME' : `there are: ${names.join(', ')}`,
    }),
  );
}
