import assert from 'node:assert/strict';
import test from 'node:test';
import { parseCopyEnds } from '../../../src/container/copy/copy-end';

test('a colon ends the name of a container, except in a path that begins with a dot or a slash', () => {
  assert.deepEqual(parseCopyEnds('web:/etc/x:y', './a:b'), {
    from: { kind: 'container', name: 'web', path: '/etc/x:y' },
    to: { kind: 'host', path: './a:b' },
  });
  assert.deepEqual(parseCopyEnds('/a:b', 'web:rel').to, { kind: 'container', name: 'web', path: 'rel' });
});

test('a dash, and standard input by its path, are streams', () => {
  assert.deepEqual(parseCopyEnds('-', 'c:/').from, { kind: 'stream' });
  assert.deepEqual(parseCopyEnds('/dev/stdin', 'c:/').from, { kind: 'stream' });
  assert.deepEqual(parseCopyEnds('c:/', '-').to, { kind: 'stream' });
});

const bad: [from: string, to: string, message: RegExp][] = [
  ['', 'c:/x', /^invalid arguments "", "c:\/x": you must specify paths$/],
  ['f', '', /you must specify paths/],
  ['f', 'c:', /^invalid arguments "f", "c:": you must specify paths$/],
  ['c:', 'f', /you must specify paths/],
  ['a', 'b', /^name or ID cannot be empty$/],
  ['-', '-', /^name or ID cannot be empty$/],
  [':a', 'b', /^name or ID cannot be empty$/],
  ['a', ':b', /^name or ID cannot be empty$/],
];

for (const [from, to, message] of bad) {
  test(`cp "${from}" "${to}" is refused`, () => {
    assert.throws(() => parseCopyEnds(from, to), { code: 'usage', message });
  });
}
