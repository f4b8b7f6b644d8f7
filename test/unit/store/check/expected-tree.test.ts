import assert from 'node:assert/strict';
import test from 'node:test';
import { createExpectedTree } from '../../../../src/store/check/expected-tree';
import type { ExpectedNode } from '../../../../src/store/check/expected-tree';
import type { TarEntry } from '../../../../src/store/tar/entry';

function entry(path: string, more: Partial<TarEntry> = {}): TarEntry {
  return {
    type: 'file',
    path,
    linkPath: '',
    size: 0,
    storedSize: 0,
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: { seconds: 0, nanoseconds: 0 },
    major: 0,
    minor: 0,
    xattrs: new Map(),
    sparse: undefined,
    ...more,
  };
}

/** `path kind` of each node, with `!` where it is opaque and `?` where the archive does not name it. */
function shape(entries: readonly TarEntry[]): string {
  const tree = createExpectedTree([]);
  for (const each of entries) tree.add(each);
  const text = ([path, { kind, opaque, implicit }]: [string, ExpectedNode]): string =>
    `/${path} ${kind}${opaque ? '!' : ''}${implicit ? '?' : ''}`;
  return [...tree.nodes.entries()].map(text).sort().join(', ');
}

const cases: [what: string, entries: TarEntry[], shape: string][] = [
  ['a parent that is not named', [entry('a/b')], '/ directory?, /a directory?, /a/b file'],
  [
    'a directory that is named after what is in it',
    [entry('./a/b'), entry('a/', { type: 'directory' })],
    '/ directory?, /a directory, /a/b file',
  ],
  ['a whiteout', [entry('a/.wh.b')], '/ directory?, /a directory?, /a/b whiteout'],
  ['a whiteout of what the layer brings itself', [entry('b'), entry('.wh.b')], '/ directory?, /b file'],
  ['an opaque directory', [entry('a/.wh..wh..opq')], '/ directory?, /a directory!?'],
  [
    'a directory in the place of a whiteout',
    [entry('.wh.a'), entry('a', { type: 'directory' })],
    '/ directory?, /a directory!',
  ],
  ['a file in the place of a directory', [entry('a/b'), entry('a')], '/ directory?, /a file'],
  ['notes of aufs', [entry('.wh..wh.plnk')], '/ directory?'],
  [
    'the usual devices, which are left out',
    [entry('dev/null', { type: 'character-device', major: 1, minor: 3 })],
    '/ directory?, /dev directory?',
  ],
];
for (const [what, entries, expected] of cases) {
  test(`createExpectedTree() knows ${what}`, () => assert.equal(shape(entries), expected));
}

test('createExpectedTree() lets hard links share one node, also when the first name is replaced', () => {
  const tree = createExpectedTree([]);
  const first = tree.add(entry('a', { size: 3 }));
  tree.add(entry('b', { type: 'hard-link', linkPath: 'a' }));
  assert.equal(tree.nodes.get('b'), first?.node);
  tree.add(entry('a', { type: 'symlink', linkPath: 'c' }));
  assert.equal(tree.nodes.get('b'), first?.node);
  assert.equal(tree.nodes.get('a')?.kind, 'symlink');
});
