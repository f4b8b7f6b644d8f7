import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { nameMatcher } from '../../../src/build/files/name-pattern';
import { parseMode } from '../../../src/build/files/parse-mode';
import { selectSources, walkSource } from '../../../src/build/files/source-tree';
import type { SourceTree } from '../../../src/build/files/source-tree';
import { compileIgnoreRules, parseIgnoreFile } from '../../../src/build/language/ignore-rules';

const folder = mkdtempSync(join(tmpdir(), 'tspod-files-'));
after(() => rmSync(folder, { recursive: true, force: true }));
for (const path of ['a.txt', 'b.txt', '.hidden', 'd/one', 'd/two.log', 'd/deep/leaf', 'e/x/f', 'w[1]']) {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), '');
}
symlinkSync('d', join(folder, 'link'));
symlinkSync('/etc', join(folder, 'outside'));
symlinkSync('../../../../d/one', join(folder, 'upward'));

const treeOf = (rules = ''): SourceTree => ({
  view: { directories: [folder] },
  name: 'the build context',
  ignore: parseIgnoreFile(rules, 'i'),
});

const select = (pattern: string, rules = ''): string[] =>
  selectSources(treeOf(rules), pattern).map(({ named }) => named);

function walk(pattern: string, { rules = '', exclude = [] as string[] } = {}): string[] {
  const tree = treeOf(rules);
  const filter = exclude.length > 0 ? compileIgnoreRules(exclude) : undefined;
  return selectSources(tree, pattern).flatMap((found) =>
    [...walkSource(tree, found, filter)].map(({ below }) =>
      [found.named, ...below].filter(Boolean).join('/'),
    ),
  );
}

test('sources are named by paths and wildcards, from the top of the context', () => {
  const cases: [string, string[]][] = [
    ['a.txt', ['a.txt']],
    ['./a.txt', ['a.txt']],
    ['/a.txt', ['a.txt']],
    ['../../a.txt', ['../../a.txt']],
    ['*.txt', ['a.txt', 'b.txt']],
    ['?.txt', ['a.txt', 'b.txt']],
    ['[^a].txt', ['b.txt']],
    ['[b-z].txt', ['b.txt']],
    ['d/*', ['d/deep', 'd/one', 'd/two.log']],
    ['*/one', ['d/one', 'link/one']],
    ['.h*', ['.hidden']],
    ['w\\[1]', ['w[1]']],
    ['link/one', ['link/one']],
    ['upward', ['upward']],
    ['.', ['']],
  ];
  for (const [pattern, expected] of cases) assert.deepEqual(select(pattern).sort(), expected, pattern);
});

test('two stars are any number of directories where they are asked for, else as one', () => {
  const tree = treeOf();
  const deep = (pattern: string): string[] =>
    selectSources(tree, pattern, { deep: true }).map(({ named }) => named);
  assert.deepEqual(deep('**/one'), ['d/one']);
  assert.deepEqual(deep('d/**/leaf'), ['d/deep/leaf']);
  assert.deepEqual(deep('d/**/*.log'), ['d/two.log']);
  // a directory is copied with all that is in it
  assert.deepEqual(deep('d/**'), ['d/deep', 'd/one', 'd/two.log']);
  assert.deepEqual(deep('**/d*'), ['d']);
  assert.deepEqual(select('**/one').sort(), ['d/one', 'link/one']);
});

test('links lead nowhere outside of the context, and what is left out is told as such', () => {
  for (const pattern of ['outside/passwd', 'nosuch', '*.none', '../etc/passwd'])
    assert.throws(() => select(pattern), /no such file or directory in the build context/, pattern);
  assert.throws(
    () => select('a.txt', '*.txt\n'),
    (error) => (error as { hint?: string }).hint === 'it is there, but the ignore file leaves it out',
  );
});

test('ignore rules and --exclude leave out files, and directories unless something in them stays', () => {
  assert.deepEqual(walk('d'), ['d', 'd/deep', 'd/deep/leaf', 'd/one', 'd/two.log']);
  assert.deepEqual(walk('d', { rules: '**/*.log\n' }), ['d', 'd/deep', 'd/deep/leaf', 'd/one']);
  assert.deepEqual(walk('d', { rules: 'd/deep\n' }), ['d', 'd/one', 'd/two.log']);
  assert.deepEqual(walk('d', { rules: 'd\n!d/deep/leaf\n' }), ['d', 'd/deep', 'd/deep/leaf']);
  assert.deepEqual(walk('d', { exclude: ['deep'] }), ['d', 'd/one', 'd/two.log']);
  assert.deepEqual(walk('d', { exclude: ['**/leaf'], rules: 'd/one\n' }), ['d', 'd/deep', 'd/two.log']);
  assert.deepEqual(walk('e', { rules: 'e/x\n!e/x/f\n' }), ['e', 'e/x', 'e/x/f']);
});

test('patterns of names are those of filepath.Match', () => {
  const cases: [string, string, boolean][] = [
    ['*', 'a.b', true],
    ['a*b', 'ab', true],
    ['a?', 'a', false],
    ['[a-c]x', 'bx', true],
    ['[^a-c]x', 'bx', false],
    ['\\*', '*', true],
    ['\\*', 'x', false],
    ['a.b', 'axb', false],
    ['(a|b)', 'a', false],
  ];
  for (const [pattern, name, expected] of cases)
    assert.equal(nameMatcher(pattern)(name), expected, `${pattern} ${name}`);
  assert.throws(() => nameMatcher('[a'), /the bracket is not closed/);
});

test('modes are octal numbers or the symbols of chmod(1)', () => {
  const cases: [string, number, boolean, number][] = [
    ['0755', 0o600, false, 0o755],
    ['4711', 0o600, false, 0o4711],
    ['u=rwX,go=rX', 0o600, false, 0o644],
    ['u=rwX,go=rX', 0o700, false, 0o755],
    ['u=rwX,go=rX', 0o600, true, 0o755],
    ['+x', 0o644, false, 0o755],
    ['a-w', 0o666, false, 0o444],
    ['g+s', 0o755, true, 0o2755],
    ['o+t', 0o777, true, 0o1777],
    ['u+s,g-rx', 0o755, false, 0o4705],
    ['g=u', 0o640, false, 0o660],
    ['go=u', 0o700, true, 0o777],
    ['o+g,u-o', 0o750, false, 0o255],
  ];
  for (const [text, mode, isDirectory, expected] of cases)
    assert.equal(parseMode(text)(mode, isDirectory).toString(8), expected.toString(8), `${text} ${mode}`);
  for (const text of ['', '9', '77777', 'u=q', 'rwx', 'x+u', 'g=uo', 'g=ru'])
    assert.throws(() => parseMode(text), /is not a mode/, text);
});
