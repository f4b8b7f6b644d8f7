import assert from 'node:assert/strict';
import test from 'node:test';
import { parseContainerfile } from '../../../src/build/language/parse-containerfile';
import {
  addEnv,
  declareArguments,
  globalScope,
  platformArguments,
  stageScope,
  unusedArguments,
} from '../../../src/build/language/scope';
import { findStage, namedSources } from '../../../src/build/language/stage-names';
import type { ArgInstruction, RawWord } from '../../../src/build/language/types';

const escape = '\\' as const;

/** The scope after the ARG lines of a stage, with an environment that is there already. */
function scopeAfter(text: string, given: Record<string, string>, env: [string, string][] = []) {
  const file = parseContainerfile(text, 'f');
  const givenMap = new Map(Object.entries(given));
  const predefined = platformArguments({ os: 'linux', architecture: 'arm', variant: 'v7' });
  const global = globalScope(file, { given: givenMap, predefined });
  const scope = stageScope(env);
  for (const instruction of file.stages[0]?.instructions ?? []) {
    if (instruction.kind !== 'arg') continue;
    declareArguments(scope, instruction as ArgInstruction<RawWord>, { given: givenMap, global, escape });
  }
  return { scope, global };
}

test('an argument of the file is seen by FROM, and by a stage that declares it', () => {
  const text = 'ARG A=1\nARG B=$A-$TARGETARCH\nFROM x:$B\nARG B\n';
  const { scope, global } = scopeAfter(text, {});
  assert.equal(global.get('B'), '1-arm');
  assert.deepEqual(Object.fromEntries(scope.variables), { B: '1-arm' });
});

test('what was given stands above defaults, of the file and of the stage', () => {
  const { scope, global } = scopeAfter('ARG A=1\nFROM x\nARG A=2\nARG C=3\n', { A: 'a', C: 'c' });
  assert.equal(global.get('A'), 'a');
  assert.deepEqual(Object.fromEntries(scope.args), { A: 'a', C: 'c' });
});

test('a default of the stage stands above that of the file, and an argument without a value has none', () => {
  const { scope } = scopeAfter('ARG A=1\nFROM x\nARG A=2\nARG NONE\nARG Z=${A}z${NONE:-n}\n', {});
  assert.deepEqual(Object.fromEntries(scope.variables), { A: '2', Z: '2zn' });
});

test('the environment stands above arguments', () => {
  const { scope } = scopeAfter('FROM x\nARG A=arg\nARG B=arg\n', {}, [['A', 'env']]);
  assert.equal(scope.variables.get('A'), 'env');
  addEnv(scope, 'B', 'later');
  assert.equal(scope.variables.get('B'), 'later');
  assert.equal(scope.args.get('B'), 'arg');
});

test('the platform is known by its parts, and can be given like any argument', () => {
  const { scope } = scopeAfter('FROM x\nARG TARGETPLATFORM\nARG TARGETVARIANT TARGETOS\n', {
    TARGETOS: 'plan9',
  });
  assert.deepEqual(Object.fromEntries(scope.variables), {
    TARGETPLATFORM: 'linux/arm/v7',
    TARGETVARIANT: 'v7',
    TARGETOS: 'plan9',
  });
});

test('arguments that nothing declares are found', () => {
  const file = parseContainerfile('ARG A\nFROM x\nARG B C=1\nONBUILD ARG D\n', 'f');
  assert.deepEqual(unusedArguments(file, ['A', 'B', 'C', 'D', 'HTTP_PROXY', 'SOURCE_DATE_EPOCH', 'E']), [
    'E',
  ]);
});

test('stages are found by name and number, and the last of a name before the place', () => {
  const { stages } = parseContainerfile('FROM x AS One\nFROM y AS two\nFROM z AS one\nFROM v\n', 'f');
  assert.equal(findStage(stages, 'ONE')?.index, 2);
  assert.equal(findStage(stages, 'one', 2)?.index, 0);
  assert.equal(findStage(stages, '3')?.index, 3);
  assert.equal(findStage(stages, 'one', 0)?.index, 0);
  assert.equal(findStage(stages, 'none'), undefined);
  assert.equal(findStage(stages, '4'), undefined);
});

test('what an instruction reads from is named with its place', () => {
  const text =
    'FROM x\nCOPY --from=a b c\nRUN --mount=type=cache,target=/t --mount=from=$V,target=/u true\nCOPY d e\n';
  const [stage] = parseContainerfile(text, 'f').stages;
  const found = stage?.instructions
    .flatMap(namedSources)
    .map(({ raw, at }) => `${at.line}:${at.column} ${raw}`);
  assert.deepEqual(found, ['2:13 a', '3:42 $V']);
});
