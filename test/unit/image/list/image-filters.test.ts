import assert from 'node:assert/strict';
import test from 'node:test';
import { parseImageFilters, referencePattern } from '../../../../src/image/list/image-filters';
import type { Context } from '../../../../src/lib/context';

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

for (const text of ['constructor=x', 'toString=x', 'name', 'dangling=perhaps']) {
  test(`parseImageFilters() refuses ${text}`, () => {
    assert.throws(() => parseImageFilters({} as Context, [text]), { code: 'usage' });
  });
}
