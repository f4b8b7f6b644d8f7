import assert from 'node:assert/strict';
import test from 'node:test';
import { formatDuration, humanDuration, parseDuration, parseSeconds } from '../../../src/lib/duration';

const DURATIONS: readonly (readonly [string, number])[] = [
  ['0', 0],
  ['10s', 10_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['.5s', 500],
  ['-10m', -600_000],
  ['+3ms', 3],
  ['2us', 0.002],
  ['1h2m3s4ms', 3_723_004],
];

for (const [text, ms] of DURATIONS) {
  test(`parseDuration() reads "${text}"`, () => assert.equal(parseDuration(text), ms));
}

for (const text of ['', '10', 's', '1x', '1h 2m', '1s2', 'abc', '-']) {
  test(`parseDuration() rejects "${text}"`, () => {
    assert.throws(() => parseDuration(text), {
      code: 'usage',
      message: new RegExp(`invalid duration "${text}"`),
    });
  });
}

test('parseSeconds() takes a bare number as seconds', () => {
  assert.deepEqual([parseSeconds('10'), parseSeconds('10s'), parseSeconds('1m')], [10_000, 10_000, 60_000]);
});

const PRINTED: readonly (readonly [number, string])[] = [
  [0, '0s'],
  [20, '20ms'],
  [1500, '1.5s'],
  [60_000, '1m0s'],
  [5_400_000, '1h30m0s'],
  [-1000, '-1s'],
  [0.002, '2µs'],
];

for (const [ms, text] of PRINTED) {
  test(`formatDuration() prints ${ms} ms as ${text}`, () => assert.equal(formatDuration(ms), text));
}

const HOUR = 3_600_000;
const SPOKEN: readonly (readonly [number, string])[] = [
  [500, 'Less than a second'],
  [1000, '1 second'],
  [59_000, '59 seconds'],
  [60_000, 'About a minute'],
  [119_000, 'About a minute'],
  [120_000, '2 minutes'],
  [59 * 60_000, '59 minutes'],
  [HOUR, 'About an hour'],
  [2 * HOUR, '2 hours'],
  [47 * HOUR, '47 hours'],
  [48 * HOUR, '2 days'],
  [13 * 24 * HOUR, '13 days'],
  [14 * 24 * HOUR, '2 weeks'],
  [59 * 24 * HOUR, '8 weeks'],
  [60 * 24 * HOUR, '2 months'],
  [729 * 24 * HOUR, '24 months'],
  [730 * 24 * HOUR, '2 years'],
];

for (const [ms, text] of SPOKEN) {
  test(`humanDuration() says "${text}" for ${ms / 1000} s`, () => assert.equal(humanDuration(ms), text));
}
