import assert from 'node:assert/strict';
import test from 'node:test';
import { createPathMap } from '../../../../src/store/layer/path-map';

test('remove() takes away what lies below, and nothing else', () => {
  const map = createPathMap<number>();
  const paths = (): string[] => [...map.entries()].map(([path]) => path).sort();
  for (const [at, path] of ['', 'a', 'a/b', 'a/b/c', 'a/d', 'ab', 'ab/c'].entries()) map.set(path, at);
  map.remove('a/b');
  assert.deepEqual(paths(), ['', 'a', 'a/d', 'ab', 'ab/c']);
  assert.equal(map.get('a/b/c'), undefined);
  map.set('a/b', 7);
  map.set('a/b/e', 8);
  map.set('a/d', 9);
  map.remove('nothing');
  assert.deepEqual(paths(), ['', 'a', 'a/b', 'a/b/e', 'a/d', 'ab', 'ab/c']);
  map.remove('a');
  assert.deepEqual(paths(), ['', 'ab', 'ab/c']);
  map.set('a', 10);
  assert.deepEqual(paths(), ['', 'a', 'ab', 'ab/c']);
  map.remove('');
  assert.deepEqual(paths(), []);
});

test('remove() needs no longer where there is much elsewhere', () => {
  const map = createPathMap<number>();
  map.set('', 0);
  for (let at = 0; at < 100_000; at++) map.set(`f${at}`, at);
  // going over all of them each time would take minutes
  for (let time = 0; time < 100_000; time++) {
    map.set('d', 0);
    map.set('d/e', 0);
    map.remove('d');
  }
  assert.equal(map.get('d'), undefined);
});
