import assert from 'node:assert/strict';
import test from 'node:test';
import { formatGoTime, formatLayout, formatRfc3339, goTime, nowNs, parseTime } from '../../../src/lib/time';

const NS = 1_700_000_000_123_456_789n;

test('a moment is printed as Go does, without zeros at the end of the fraction', () => {
  assert.equal(formatRfc3339(NS), '2023-11-14T22:13:20.123456789Z');
  assert.equal(formatRfc3339(1_700_000_000_500_000_000n), '2023-11-14T22:13:20.5Z');
  assert.equal(formatRfc3339(1_700_000_000_000_000_000n), '2023-11-14T22:13:20Z');
  assert.equal(formatGoTime(NS), '2023-11-14 22:13:20.123456789 +0000 UTC');
});

test('the zero time is in the year 1', () => {
  assert.equal(JSON.stringify(goTime()), '"0001-01-01T00:00:00Z"');
  assert.equal(String(goTime()), '0001-01-01 00:00:00 +0000 UTC');
});

test('formatLayout() follows a layout of Go', () => {
  assert.equal(formatLayout(NS, 'Mon Jan _2 15:04:05.000 MST 2006'), 'Tue Nov 14 22:13:20.123 UTC 2023');
  assert.equal(formatLayout(NS, '02/01/06 03:04PM'), '14/11/23 10:13PM');
});

const TIMES: readonly (readonly [string, bigint | undefined])[] = [
  ['1700000000', 1_700_000_000_000_000_000n],
  ['1700000000.5', 1_700_000_000_500_000_000n],
  ['2023-11-14T22:13:20.123456789Z', NS],
  ['2023-11-14T23:13:20+01:00', 1_700_000_000_000_000_000n],
  ['2023-11-14T23:13:20+0100', 1_700_000_000_000_000_000n],
  ['yesterday', undefined],
  ['2023-13-99', undefined],
];

for (const [text, ns] of TIMES) {
  test(`parseTime() reads "${text}" as ${ns}`, () => assert.equal(parseTime(text), ns));
}

test('nowNs() is the wall clock', () => {
  assert.ok(Math.abs(Number(nowNs() / 1_000_000n) - Date.now()) < 1000);
});
