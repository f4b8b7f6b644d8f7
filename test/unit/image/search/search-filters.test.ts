import assert from 'node:assert/strict';
import test from 'node:test';
import { parseSearchFilters } from '../../../../src/image/search/search-filters';

test('parseSearchFilters() reads all filters', () => {
  assert.deepEqual(parseSearchFilters([]), {});
  assert.deepEqual(parseSearchFilters(['stars=3', 'is-official', 'is-automated=false']), {
    stars: 3,
    isOfficial: true,
    isAutomated: false,
  });
});

for (const bad of [
  'x',
  'x=y',
  'stars',
  'stars=',
  'stars=-1',
  'stars=1x',
  'is-official=maybe',
  'is-official=',
  '',
]) {
  test(`parseSearchFilters() refuses ${JSON.stringify(bad)}`, () => {
    assert.throws(() => parseSearchFilters([bad]), { code: 'usage' });
  });
}
