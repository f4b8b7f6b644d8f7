import assert from 'node:assert/strict';
import test from 'node:test';
import { parseImageFilters, referencePattern } from '../../../../src/image/list/image-filters';
import { listImages } from '../../../../src/image/list/list-images';
import type { Context } from '../../../../src/lib/context';
import { addEmptyImage, inStore } from '../../../helpers/image-store';

const name = 'registry.example.com:5000/team/web:1.2';

for (const [pattern, isMatch] of [
  ['web', true],
  ['team/web', true],
  ['eb', false],
  ['web:1.2', true],
  ['web:1', false],
  ['web:1.?', true],
  ['*/web', true],
  ['registry.example.com:5000/*/web', true],
  ['registry.example.com:5000/*', false],
  ['w[a-f]b', true],
  ['w[^e]b', false],
  ['registryXexample.com:5000/team/web', false],
] as const) {
  test(`referencePattern() finds that ${pattern} ${isMatch ? 'means' : 'does not mean'} ${name}`, () => {
    assert.equal(referencePattern(pattern)(name), isMatch);
  });
}

test('referencePattern() refuses a pattern that is cut off', () => {
  assert.throws(() => referencePattern('web['), { code: 'usage' });
});

test('the filter "reference" finds images by what else names them', () => {
  inStore((ctx) => {
    const [one, other] = [addEmptyImage(ctx, 'one'), addEmptyImage(ctx, 'other')];
    const images = listImages(ctx);
    const digest = images.find(({ id }) => id === one)?.digests[0] ?? '';
    const found = (text: string): string[] =>
      images.filter(parseImageFilters(ctx, [text])).map(({ id }) => id);
    for (const value of [one, `sha256:${one}`, one.slice(0, 12), one.slice(0, 4), `one@${digest}`, 'on?'])
      assert.deepEqual(found(`reference=${value}`), [one], value);
    for (const value of ['', 'none', `${one.slice(0, 4)}*`, 'one:2', '-'])
      assert.deepEqual(found(`reference=${value}`), [], value);
    assert.deepEqual(found(`reference!=${one.slice(0, 12)}`), [other]);
  });
});

for (const text of ['constructor=x', 'toString=x', 'name', 'dangling=perhaps']) {
  test(`parseImageFilters() refuses ${text}`, () => {
    assert.throws(() => parseImageFilters({} as Context, [text]), { code: 'usage' });
  });
}
