import assert from 'node:assert/strict';
import test from 'node:test';
import { compileIgnoreRules, parseIgnoreFile } from '../../../src/build/language/ignore-rules';

/** Pattern, path, and whether the pattern ignores it. */
const single: [string, string, boolean][] = [
  ['*', 'file', true],
  ['*.go', 'main.go', true],
  ['*.go', 'sub/main.go', false],
  ['docs', 'docs/README.md', true],
  ['docs/', 'docs/a/b', true],
  ['/docs', 'docs/a', true],
  ['./docs/../docs', 'docs/a', true],
  ['**', 'dir/file', true],
  ['**/', 'file', true],
  ['**/**', 'dir/file', true],
  ['dir/**', 'dir/dir2/file', true],
  ['dir/**', 'dir', false],
  ['**/dir', 'dir/file', true],
  ['**/dir2/*', 'dir/dir2/file', true],
  ['**file', 'dir/afile', true],
  ['**file*', 'dir/afile', false],
  ['**/file', 'dir/afile', false],
  ['**/file*txt', 'dir/dir/file.txt', true],
  ['**/**/*.txt', 'file.txt', true],
  ['**/**/*.txt2', 'dir/dir/file.txt', false],
  ['a**/*.txt', 'a/dir/file.txt', true],
  ['a/*.txt', 'a/dir/file.txt', false],
  ['a/*.txt**', 'a/file.txt', true],
  ['a[b-d]e', 'ace', true],
  ['a[b-d]e', 'aae', false],
  ['a[^b-d]e', 'aze', true],
  ['[\\]a]', ']', true],
  ['[x\\-]', '-', true],
  ['[\\-x]', 'a', false],
  ['.*', '.foo', true],
  ['.*', 'foo', false],
  ['abc.def', 'abcZdef', false],
  ['abc?def', 'abcZdef', true],
  ['a?b', 'a/b', false],
  ['a?b', 'a☺b', true],
  ['**/foo/bar', 'dir/dir2/foo/bar', true],
  ['**/.foo', 'bar.foo', false],
  ['a(b)c/def', 'a(b)c/xyz', false],
  ['a.|)$(}+{bc', 'a.|)$(}+{bc', true],
  ['dist/*.whl', 'dist/proxy.py-2.4.0rc3+g08-py3-none-any.whl', true],
  ['a\\*b', 'a*b', true],
  ['a\\*b', 'axb', false],
  ['  spaced  ', 'spaced', true],
  ['../up', 'up', false],
];

test('a pattern ignores what it matches, and all below a directory that it matches', () => {
  for (const [pattern, path, expected] of single) {
    assert.equal(parseIgnoreFile(pattern, 'f').ignores(path), expected, `${pattern} on ${path}`);
  }
});

/** Lines, path, and whether they ignore it. */
const several: [string[], string, boolean][] = [
  [['docs', '!docs/README.md'], 'docs/README.md', false],
  [['docs', '!docs/README.md'], 'docs/other', true],
  [['*.go', '!main.go'], 'main.go', false],
  [['!main.go', '*.go'], 'main.go', true],
  [['**', '!util/docker/web'], 'util/docker/web/foo', false],
  [['**', '!util/docker/web', 'util/docker/web/foo'], 'util/docker/web/foo', true],
  [['**', '!dist/*.whl'], 'dist/a+b.whl', false],
  [['# a comment', '', ' # no comment'], 'a comment', false],
  [['! spaced'], 'spaced', false],
  [['*', '! ./src/'], 'src/main.c', false],
  [['\uFEFFnode_modules\r'], 'node_modules/x', true],
];

test('a later rule stands above an earlier one', () => {
  for (const [lines, path, expected] of several) {
    assert.equal(
      parseIgnoreFile(lines.join('\n'), 'f').ignores(path),
      expected,
      `${lines.join(', ')} on ${path}`,
    );
  }
});

test('a directory need not be read when no exception can bring back something below it', () => {
  const filter = parseIgnoreFile('node_modules\nbuild\n!build/out/*.js\n!*.md\n**/tmp\n', 'f');
  assert.equal(filter.ignoresAllBelow('node_modules'), true);
  assert.equal(filter.ignoresAllBelow('build'), false);
  assert.equal(filter.ignoresAllBelow('build/out'), false);
  assert.equal(filter.ignoresAllBelow('build/other'), true);
  assert.equal(filter.ignoresAllBelow('a/tmp'), true);
  assert.equal(filter.ignoresAllBelow('src'), false);
  assert.equal(parseIgnoreFile('**\n!**/keep', 'f').ignoresAllBelow('any'), false);
});

test('an empty file has no rules', () => {
  assert.equal(parseIgnoreFile('\n# nothing\n\n', 'f').isEmpty, true);
  assert.equal(compileIgnoreRules([]).isEmpty, true);
});

test('--exclude takes patterns', () => {
  const filter = compileIgnoreRules(['*.txt', '!keep.txt']);
  assert.equal(filter.ignores('a.txt'), true);
  assert.equal(filter.ignores('keep.txt'), false);
});

test('a malformed pattern is an error that names its place', () => {
  for (const pattern of ['[', '[^', '[^bc', 'a[', '[]a]', '[-]', '[x-]', '[a-b-c]', 'a\\', '!']) {
    assert.throws(
      () => parseIgnoreFile(`ok\n${pattern}\n`, '.dockerignore'),
      /\.dockerignore:2:1: pattern /,
      pattern,
    );
  }
});
