import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { findProgram, isExecutableFile } from '../../../src/sys/programs';

const top = mkdtempSync(join(tmpdir(), 'tspod-programs-'));
after(() => rmSync(top, { recursive: true }));

/** Folders a, b and c: `tool` is in a and b, but cannot be executed in a; in c it is a folder. */
for (const folder of ['a', 'b', 'c/tool']) mkdirSync(join(top, folder), { recursive: true });
for (const folder of ['a', 'b']) writeFileSync(join(top, folder, 'tool'), '#!/bin/sh\n');
chmodSync(join(top, 'b/tool'), 0o755);
symlinkSync('../b/tool', join(top, 'c/link'));

const CASES: {
  name: string;
  path?: string;
  folders?: string[];
  program?: string;
  found: string | undefined;
}[] = [
  { name: 'takes the first folder of PATH that has it', path: 'b:c', found: 'b/tool' },
  { name: 'passes over a file that cannot be executed', path: 'a:b', found: 'b/tool' },
  { name: 'passes over a folder of that name', path: 'c:b', found: 'b/tool' },
  { name: 'follows links', path: 'c', program: 'link', found: 'c/link' },
  { name: 'finds nothing where it is not', path: 'a', found: undefined },
  { name: 'looks into the folders of containers.conf first', path: 'c', folders: ['b'], found: 'b/tool' },
  {
    name: 'goes on to PATH after the folders of containers.conf',
    path: 'b',
    folders: ['a'],
    found: 'b/tool',
  },
];

for (const { name, path = '', folders, program = 'tool', found } of CASES) {
  test(`findProgram() ${name}`, () => {
    const env = {
      PATH: path
        .split(':')
        .map((each) => join(top, each))
        .join(':'),
    };
    const defaults = folders && { programFolders: folders.map((each) => join(top, each)) };
    const result = findProgram({ env, ...(defaults ? { defaults } : {}) }, program);
    assert.equal(result, found === undefined ? undefined : join(top, found));
  });
}

test('findProgram() leaves relative folders of PATH out, and looks into those of the system without PATH', () => {
  assert.equal(findProgram({ env: { PATH: '.:bin:' } }, 'package.json'), undefined);
  assert.match(findProgram({ env: {} }, 'sh') ?? '', /^\/(usr\/)?bin\/sh$/);
});

const FILES: [path: string, expected: boolean][] = [
  ['b/tool', true],
  ['a/tool', false],
  ['c/tool', false],
  ['nowhere', false],
];

for (const [path, expected] of FILES) {
  test(`isExecutableFile() says ${expected} of ${path}`, () => {
    assert.equal(isExecutableFile(join(top, path)), expected);
  });
}
