import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { expandInstruction } from '../../../src/build/language/expand-instruction';
import { parseContainerfile } from '../../../src/build/language/parse-containerfile';
import {
  addEnv,
  declareArguments,
  globalScope,
  platformArguments,
  stageScope,
} from '../../../src/build/language/scope';
import type { Containerfile, Instruction } from '../../../src/build/language/types';
import { project } from '../../helpers/project';

const folder = join(project, 'test/fixtures/containerfiles');
const names = readdirSync(folder).filter((name) => name.endsWith('.Containerfile'));

for (const name of names) {
  test(`${name} means what ${name.replace('.Containerfile', '.json')} says`, () => {
    const file = parseContainerfile(readFileSync(join(folder, name), 'utf8'), name);
    const result = JSON.stringify(meaningOf(file), dropPlaces, 1);
    const expected = join(folder, name.replace('.Containerfile', '.json'));
    // TSPOD_WRITE_EXPECTED=1 writes them anew, to be read by whoever changes something
    if (process.env.TSPOD_WRITE_EXPECTED) writeFileSync(expected, `${result}\n`);
    assert.deepEqual(JSON.parse(result), JSON.parse(readFileSync(expected, 'utf8')));
  });
}

/** Every instruction expanded, with the arguments' defaults and an empty environment of the base. */
function meaningOf(file: Containerfile) {
  const given = new Map<string, string>();
  const platform = { os: 'linux', architecture: 'riscv64' };
  const predefined = new Map([...platformArguments(platform)].filter(([key]) => !key.startsWith('BUILD')));
  predefined.set('BUILDPLATFORM', 'linux/amd64');
  const { escape } = file.directives;
  const global = globalScope(file, { given, predefined });
  const stages = file.stages.map(({ from, instructions }) => {
    const scope = stageScope([['PATH', '/bin']]);
    const expand = (each: (typeof instructions)[number]) => {
      const expanded = expandInstruction(each, { variables: scope.variables, escape });
      if (each.kind === 'arg') declareArguments(scope, each, { given, global, escape });
      if (expanded.kind === 'env') {
        for (const { key, value } of expanded.pairs) addEnv(scope, key.text, value.text);
      }
      return expanded;
    };
    return [expandInstruction(from, { variables: global, escape }), ...instructions.map(expand)];
  });
  return { directives: file.directives, warnings: file.warnings.map(({ message }) => message), stages };
}

function dropPlaces(key: string, value: unknown): unknown {
  if (['at', 'endLine', 'source'].includes(key) && !isMountSource(key, value)) return undefined;
  return isWord(value) ? value.text : value;
}

/** `source` is also a key of mounts. */
function isMountSource(key: string, value: unknown): boolean {
  return key === 'source' && typeof value === 'string' && !/^[a-z]+ /i.test(value) && value !== 'cmd';
}

function isWord(value: unknown): value is { text: string } {
  return typeof value === 'object' && value !== null && 'text' in value && !('form' in value);
}

test('every instruction of the language is in the corpus', () => {
  const kinds = new Set<Instruction['kind']>();
  for (const name of names) {
    const { stages } = parseContainerfile(readFileSync(join(folder, name), 'utf8'), name);
    stages.forEach(({ instructions }) => instructions.forEach(({ kind }) => kinds.add(kind)));
  }
  assert.equal(kinds.size, 17);
});
