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
  /** `later`: a stage of that name, which comes too late. */
  | { kind: 'image'; reference: string; later?: Stage }
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
 * Looks up what every stage is made of. Error `invalid`, with the place: stages that need each other, a base that comes later;
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
  checkCycles(stages, needs);
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
  if (stage.index < within.index || (!isBase && stage.index > within.index)) return { kind: 'stage', stage };
  // as with BuildKit a base is an earlier stage or an image, whatever names later stages are given
  if (isBase)
    return { kind: 'image', reference: text, ...(stage.index > within.index ? { later: stage } : {}) };
  throw languageError(at, `the stage "${text}" needs itself`, 'use a stage that comes before');
}

/** Throws for stages that need each other, with the way around. */
function checkCycles(stages: readonly Stage[], needs: ReadonlyMap<number, readonly number[]>): void {
  const done = new Set<number>();
  const visit = (index: number, way: readonly number[]): void => {
    if (way.includes(index)) throw cycle(stages, [...way.slice(way.indexOf(index)), index]);
    if (done.has(index)) return;
    for (const next of needs.get(index) ?? []) visit(next, [...way, index]);
    done.add(index);
  };
  for (const { index } of stages) visit(index, []);
}

function cycle(stages: readonly Stage[], way: readonly number[]): TspodError {
  const names = way.map((index) => stages[index]?.from.name ?? String(index));
  const first = stages[way[0] ?? 0] as Stage;
  return languageError(
    first.from.at,
    `the stages need each other: ${names.join(' -> ')}`,
    'take one of them apart',
  );
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
