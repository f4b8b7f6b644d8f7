import assert from 'node:assert/strict';
import test from 'node:test';
import { formatRate, parseNetworkRate } from '../../../src/network/parse-network-rate';

const GOOD: [string, object][] = [
  ['10mbit', { egress: 1e7, ingress: 1e7 }],
  ['1.5Gbit', { egress: 1.5e9, ingress: 1.5e9 }],
  ['64000', { egress: 64000, ingress: 64000 }],
  ['egress=500kbit', { egress: 5e5 }],
  ['ingress=1gbit,egress=8kbit', { egress: 8000, ingress: 1e9 }],
];

for (const [text, expected] of GOOD) {
  test(`parseNetworkRate() reads "${text}"`, () => assert.deepEqual(parseNetworkRate(text), expected));
}

const BAD: [string, RegExp][] = [
  ['', /"" is not a rate/],
  ['fast', /"fast" is not a rate/],
  ['10mb', /"10mb" is not a rate/],
  ['10mbps', /"10mbps" is not a rate/],
  ['-1mbit', /not a rate/],
  ['0', /not between 8kbit and 1000gbit/],
  ['2000gbit', /not between/],
  ['egress=1mbit,egress=2mbit', /egress is given twice/],
  ['up=1mbit', /neither egress=RATE nor ingress=RATE/],
  ['egress=1mbit,', /neither/],
];

for (const [text, message] of BAD) {
  test(`parseNetworkRate() refuses "${text}"`, () =>
    assert.throws(() => parseNetworkRate(text), { code: 'usage', message }));
}

test('formatRate() takes the largest unit that fits', () => {
  assert.deepEqual([8000, 1e7, 1.5e9, 64001].map(formatRate), ['8kbit', '10mbit', '1500mbit', '64001bit']);
});
