import assert from 'node:assert/strict';
import test from 'node:test';
import { isFullId, randomId, shortId } from '../../../src/lib/id';
import { generateName } from '../../../src/lib/name-generator';
import { shellSplit } from '../../../src/lib/shell-split';
import { editDistance, nearest } from '../../../src/lib/suggest';
import { alignRows, alignTabs } from '../../../src/lib/table';

test('randomId() gives 64 hexadecimal digits, the short form never a number', () => {
  for (let round = 0; round < 200; round++) {
    const id = randomId();
    assert.ok(isFullId(id));
    assert.match(shortId(id), /[a-f]/);
    assert.equal(shortId(`sha256:${id}`).length, 12);
  }
});

test('generateName() gives an adjective and a surname, and another when the name is taken', () => {
  const asked: string[] = [];
  const name = generateName((each) => asked.push(each) < 25);
  assert.match(name, /^[a-z]+_[a-z]+\d+$/);
  assert.match(
    generateName(() => false),
    /^[a-z]+_[a-z]+$/,
  );
});

const QUOTED: readonly (readonly [string, string])[] = [
  ['plain', 'plain'],
  ['', "''"],
  ['a b', "'a b'"],
  ["it's", `'it'\\''s'`],
  ['$HOME', "'$HOME'"],
  ['a=b:/c', 'a=b:/c'],
];

for (const [word, quoted] of QUOTED) {
  test(`shellSplit() reads ${quoted} as ${JSON.stringify(word)}`, () => {
    assert.deepEqual(shellSplit(`x ${quoted}`), ['x', word]);
  });
}

test('shellSplit() knows quotes and backslashes, and an open quote', () => {
  assert.deepEqual(shellSplit(`a "b c" d\\ e 'f'"g"  ""`), ['a', 'b c', 'd e', 'fg', '']);
  assert.deepEqual(shellSplit('"a \\" \\n"'), ['a " \\n']);
  assert.equal(shellSplit('a "b'), undefined);
});

test('editDistance() counts insertions, deletions, replacements and swaps', () => {
  assert.deepEqual(
    [
      editDistance('run', 'run'),
      editDistance('rn', 'run'),
      editDistance('urn', 'run'),
      editDistance('', 'abc'),
    ],
    [0, 1, 1, 3],
  );
});

test('nearest() offers what is close, nearest first', () => {
  assert.deepEqual(nearest('nmae', ['name', 'net', 'volume']), ['name']);
  assert.deepEqual(nearest('mem', ['memory', 'memory-swap', 'rm']), ['memory', 'memory-swap']);
  assert.deepEqual(nearest('xyzzy', ['run', 'rm']), []);
});

test('alignRows() pads columns to twelve characters or the widest cell and two blanks', () => {
  const lines = alignRows([
    ['ID', 'IMAGE', 'NAMES'],
    ['8fdb6e8d5075', 'bb', 't1'],
    ['x', '', ''],
  ]);
  assert.deepEqual(lines, [
    'ID            IMAGE       NAMES',
    '8fdb6e8d5075  bb          t1',
    `x${' '.repeat(25)}`,
  ]);
});

test('alignTabs() aligns as Go tabwriter: blocks of neighbouring lines', () => {
  assert.equal(
    alignTabs('CONTAINER ID\t\tNAMES\n8fdb6e8d5075\t\tt1\n'),
    `CONTAINER ID${' '.repeat(14)}NAMES\n8fdb6e8d5075${' '.repeat(14)}t1\n`,
  );
  assert.equal(alignTabs('a\tb\nplain\nccccccccccccccc\td'), 'a           b\nplain\nccccccccccccccc  d');
});
