import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { expandGlobMount } from '../../../src/volume/expand-glob-mount';
import { parseMount } from '../../../src/volume/parse-mount';

const folder = mkdtempSync(join(tmpdir(), 'tspod-glob-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
for (const name of ['a1', 'a2', 'b', 'a,3', 'a.b']) writeFileSync(join(folder, name), '');
for (const name of ['d1', 'd2']) mkdirSync(join(folder, name));
for (const name of ['d1/x', 'd2/x', 'd2/y']) writeFileSync(join(folder, name), '');

const PATTERNS: [pattern: string, names: string[]][] = [
  ['a?', ['a1', 'a2']],
  ['a*', ['a,3', 'a.b', 'a1', 'a2']],
  ['a[12]', ['a1', 'a2']],
  ['a[^12].*', []],
  ['d*/x', ['d1/x', 'd2/x']],
  ['a.b', ['a.b']],
  ['*/nosuch', []],
];

for (const [pattern, names] of PATTERNS) {
  test(`type=glob with ${pattern} stands for ${names.join(' ') || 'nothing, which is an error'}`, () => {
    const expand = (): string[] => expandGlobMount(`type=glob,src=${folder}/${pattern},ro`);
    if (names.length === 0)
      return assert.throws(expand, { message: `no file paths matching glob "${folder}/${pattern}"` });
    const mounts = expand().map((text) => parseMount(text) as { source: string; target: string });
    assert.deepEqual(
      mounts.map(({ source, target }) => [source, target]),
      names.map((name) => [`${folder}/${name}`, `${folder}/${name}`]),
    );
  });
}

test('with a destination the files lie below it; other mounts stay as they are', () => {
  const [first] = expandGlobMount(`type=glob,source=${folder}/b,dst=/here,ro`);
  assert.equal(first, `type=bind,src=${folder}/b,dst=/here/b,ro`);
  assert.deepEqual(expandGlobMount('type=tmpfs,dst=/glob'), ['type=tmpfs,dst=/glob']);
  assert.throws(() => expandGlobMount('type=glob,dst=/x'), /no file paths matching glob ""/);
});
