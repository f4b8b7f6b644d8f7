import assert from 'node:assert/strict';
import test from 'node:test';
import {
  contains,
  formatAddress,
  formatRange,
  lastOf,
  overlaps,
  parseAddress,
  parseRange,
} from '../../../src/network/address-range';

const SHORTEST: [string, string][] = [
  ['10.0.0.1', '10.0.0.1'],
  ['::', '::'],
  ['::1', '::1'],
  ['fd00:0:0:1:0:0:0:1', 'fd00:0:0:1::1'],
  ['FD00::0001', 'fd00::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['1::', '1::'],
  ['::ffff:10.1.2.3', '::ffff:a01:203'],
];

for (const [text, expected] of SHORTEST) {
  test(`formatAddress() writes ${text} as ${expected}`, () => {
    const address = parseAddress(text);
    assert.ok(address);
    assert.equal(formatAddress(address), expected);
  });
}

for (const text of ['', '10.0.0', '10.0.0.256', '01.2.3.4', 'fe80::1%eth0', '::g', '1:2:3']) {
  test(`parseAddress() does not take "${text}"`, () => assert.equal(parseAddress(text), undefined));
}

for (const text of [
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  'fd00::/129',
  '/8',
  '10.0.0.0/08',
]) {
  test(`parseRange() does not take "${text}"`, () => assert.equal(parseRange(text), undefined));
}

test('parseRange() drops the bits behind the prefix', () => {
  assert.equal(formatRange(range('10.89.5.77/24')), '10.89.5.0/24');
  assert.equal(formatRange(range('fd00:1:2:3:4:5:6:7/64')), 'fd00:1:2:3::/64');
});

test('lastOf() is the address for broadcasts', () => {
  const { family } = range('10.89.5.0/22');
  assert.equal(formatAddress({ family, value: lastOf(range('10.89.4.0/22')) }), '10.89.7.255');
});

test('contains() knows the ends of a range and its family', () => {
  const inside = (text: string): boolean => contains(range('10.1.0.0/30'), address(text));
  assert.deepEqual(['10.0.255.255', '10.1.0.0', '10.1.0.3', '10.1.0.4', '::a01:0'].map(inside), [
    false,
    true,
    true,
    false,
    false,
  ]);
});

test('overlaps() is true for a range within another, in both orders', () => {
  assert.equal(overlaps(range('10.0.0.0/8'), range('10.89.0.0/24')), true);
  assert.equal(overlaps(range('10.89.0.0/24'), range('10.0.0.0/8')), true);
  assert.equal(overlaps(range('10.89.0.0/24'), range('10.89.1.0/24')), false);
});

function range(text: string) {
  const found = parseRange(text);
  assert.ok(found);
  return found;
}

function address(text: string) {
  const found = parseAddress(text);
  assert.ok(found);
  return found;
}
