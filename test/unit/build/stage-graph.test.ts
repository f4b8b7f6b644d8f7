import assert from 'node:assert/strict';
import test from 'node:test';
import { stageGraph } from '../../../src/build/engine/stage-graph';
import type { StageGraph } from '../../../src/build/engine/stage-graph';
import { parseContainerfile } from '../../../src/build/language/parse-containerfile';
import type { BuildRequest, NamedContext } from '../../../src/build/request';
import { TspodError } from '../../../src/lib/errors';

type Asked = Partial<Pick<BuildRequest, 'target' | 'skipUnusedStages' | 'namedContexts' | 'from'>>;

function graphOf(lines: string, asked: Asked = {}, args: Record<string, string> = {}): StageGraph {
  const request = { skipUnusedStages: true, namedContexts: new Map(), ...asked };
  return stageGraph(
    parseContainerfile(lines, 'f'),
    new Map(Object.entries(args)),
    request as Parameters<typeof stageGraph>[2],
  );
}

const neededOf = ({ needed }: StageGraph): number[] => needed.map(({ index }) => index);
const kindOf = ({ bases }: StageGraph, index: number) => bases.get(index)?.kind;

test('a build needs the target and what it is made of, by base, copy and mount', () => {
  const text = [
    ...[
      'FROM a AS base',
      'FROM base AS copied',
      'FROM a AS mounted',
      'FROM a AS cached',
      'FROM a AS unneeded',
    ],
    ...['FROM a AS last', 'COPY --from=copied x y'],
    'RUN --mount=from=mounted,target=/m --mount=type=cache,from=cached,target=/c true',
  ].join('\n');
  assert.deepEqual(neededOf(graphOf(text)), [0, 1, 2, 3, 5]);
  assert.deepEqual(neededOf(graphOf(text, { target: 'COPIED' })), [0, 1]);
  assert.deepEqual(neededOf(graphOf(text, { target: '4' })), [4]);
  assert.deepEqual(neededOf(graphOf(text, { skipUnusedStages: false, target: '4' })), [0, 1, 2, 3, 4]);
});

test('what a FROM names is a context, a stage before it, scratch or an image', () => {
  const contexts = new Map<string, NamedContext>([['other', { kind: 'image', reference: 'r' }]]);
  const text = 'FROM scratch AS one\nFROM one\nFROM other\nFROM late\nFROM $X AS late\nFROM 0\n';
  const graph = graphOf(text, { namedContexts: contexts }, { X: 'one' });
  const kinds = [0, 1, 2, 3, 4, 5].map((index) => kindOf(graph, index));
  assert.deepEqual(kinds, ['scratch', 'stage', 'context', 'image', 'stage', 'image']);
  const late = graph.bases.get(3);
  assert.equal(late?.kind === 'image' && late.later?.from.at.line, 5);
});

test('--from stands for the first base only, and a platform may be a variable', () => {
  const graph = graphOf('FROM --platform=$P a\nFROM b\n', { from: 'scratch' }, { P: 'linux/arm64' });
  assert.deepEqual([kindOf(graph, 0), kindOf(graph, 1)], ['scratch', 'image']);
  assert.equal(graph.platforms.get(0), 'linux/arm64');
});

test('stages that cannot be built are told with their place and the cure', () => {
  const wrong: [string, Asked, string, RegExp][] = [
    ['FROM x AS a\nCOPY --from=b x y\nFROM x AS b\nCOPY --from=a x y', {}, 'f:1:1: ', /a -> b -> a$/],
    ['FROM x AS a\nCOPY --from=a x y', {}, 'f:2:13: ', /the stage "a" needs itself$/],
    ['FROM x\nFROM $NONE', {}, 'f:2:6: ', /base name "\$NONE" is empty$/],
    ['FROM x AS a\nFROM y AS b', { target: 'c' }, 'f:2:1: ', /target stage "c" could not be found$/],
  ];
  for (const [text, asked, place, message] of wrong)
    assert.throws(
      () => graphOf(text, asked),
      (error) => {
        assert.ok(error instanceof TspodError);
        assert.ok(error.message.startsWith(place), error.message);
        assert.match(error.message, message);
        assert.ok(error.excerpt.length > 0 && error.hint !== undefined);
        return true;
      },
    );
});
