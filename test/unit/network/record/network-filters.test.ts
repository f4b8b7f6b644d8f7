import assert from 'node:assert/strict';
import test from 'node:test';
import { parseNetworkFilters, PRUNE_NETWORK_FILTERS } from '../../../../src/network/record/network-filters';
import type { NetworkRecord } from '../../../../src/network/record/network-record';

const WEB: NetworkRecord = {
  name: 'web',
  id: `ab${'0'.repeat(62)}`,
  driver: 'bridge',
  created: '2020-01-01T00:00:00Z',
  ipv6_enabled: false,
  internal: false,
  dns_enabled: true,
  labels: { a: 'b' },
};

const CASES: [string[], boolean][] = [
  [[], true],
  [['name=we'], true],
  [['name=db'], false],
  [['name=db', 'name=web'], true],
  [['id=ab0'], true],
  [['driver=bridge', 'name=web'], true],
  [['label=a'], true],
  [['label=a=b'], true],
  [['label=a=c'], false],
  [['label=a', 'label=x'], false],
  [['label!=a'], false],
  [['until=24h'], true],
  [['until=2019-01-01T00:00:00Z'], false],
  [['dangling=false'], true],
  [['dangling=true'], false],
];

for (const [texts, expected] of CASES) {
  test(`parseNetworkFilters() of ${JSON.stringify(texts)} is ${expected}`, () =>
    assert.equal(parseNetworkFilters(texts)(WEB, { isUsed: () => true }), expected));
}

const BAD: [string, RegExp][] = [
  ['foo=1', /invalid filter "foo"/],
  ['foo', /must be in the form of filter=value: foo is invalid/],
  ['dangling=x', /invalid dangling filter value "x"/],
  ['name=(', /invalid regular expression/],
];

for (const [text, message] of BAD) {
  test(`parseNetworkFilters() refuses "${text}"`, () =>
    assert.throws(() => parseNetworkFilters([text]), { code: 'usage', message }));
}

test('network prune knows fewer filters', () => {
  assert.throws(() => parseNetworkFilters(['dangling=true'], PRUNE_NETWORK_FILTERS), { code: 'usage' });
});
