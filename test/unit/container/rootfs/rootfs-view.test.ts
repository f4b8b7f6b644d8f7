import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { readRootfsFile, statRootfs } from '../../../../src/container/rootfs/rootfs-view';

/** Layers from top to bottom: names of files with their text; `->` in front makes a link. */
function layers(t: TestContext, ...trees: Record<string, string>[]) {
  const top = mkdtempSync(join(tmpdir(), 'tspod-view-'));
  t.after(() => rmSync(top, { recursive: true }));
  const directories = trees.map((tree, index) => {
    const directory = join(top, String(index));
    mkdirSync(directory);
    for (const [name, content] of Object.entries(tree)) {
      const path = join(directory, name);
      mkdirSync(dirname(path), { recursive: true });
      if (content.startsWith('->')) symlinkSync(content.slice(2), path);
      else writeFileSync(path, content);
    }
    return directory;
  });
  writeFileSync(join(top, 'secret'), 'outside');
  return { directories };
}

test('the topmost layer that has a file wins', (t) => {
  const view = layers(t, { 'etc/a': 'top' }, { 'etc/a': 'low', 'etc/b': 'low' });
  assert.equal(readRootfsFile(view, '/etc/a'), 'top');
  assert.equal(readRootfsFile(view, '/etc/b'), 'low');
  assert.equal(readRootfsFile(view, '/etc/c'), undefined);
  assert.equal(readRootfsFile(view, '/etc'), undefined);
});

test('links are resolved inside the root, across layers', (t) => {
  const view = layers(
    t,
    { 'etc/passwd': '->/usr/lib/passwd', 'etc/rel': '->../usr/lib/passwd' },
    { 'usr/lib/passwd': 'x' },
  );
  assert.equal(readRootfsFile(view, '/etc/passwd'), 'x');
  assert.equal(readRootfsFile(view, '/etc/rel'), 'x');
});

test('no link leads out of the root', (t) => {
  const view = layers(t, {
    'etc/a': '->../../../../secret',
    'etc/b': '->/../secret',
    'etc/c': '->/etc/hostname',
    up: '->..',
  });
  for (const path of ['/etc/a', '/etc/b', '/etc/c', '/up/secret', '/../secret']) {
    assert.equal(readRootfsFile(view, path), undefined, path);
  }
});

test('links in a circle end', (t) => {
  const view = layers(t, { a: '->b', b: '->a' });
  assert.equal(statRootfs(view, '/a'), undefined);
});

test('a file hides a directory of a lower layer', (t) => {
  const view = layers(t, { etc: 'file' }, { 'etc/passwd': 'low' });
  assert.equal(readRootfsFile(view, '/etc/passwd'), undefined);
});

test('a directory of the root itself is there', (t) => {
  const view = layers(t, {}, { 'srv/x': '1' });
  assert.equal(statRootfs(view, '/')?.isDirectory(), true);
  assert.equal(statRootfs(view, '/srv/../srv/.')?.isDirectory(), true);
});
