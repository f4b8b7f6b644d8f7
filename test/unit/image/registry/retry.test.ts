import assert from 'node:assert/strict';
import test from 'node:test';
import { TspodError } from '../../../../src/lib/errors';
import { parseRetryAfter, withRetry } from '../../../../src/image/registry/retry';
import { during, markTransient } from '../../../../src/image/registry/transient';

const now = Date.parse('2026-01-01T00:00:00Z');
const headers: [string | undefined, number | undefined][] = [
  [undefined, undefined],
  ['5', 5000],
  [' 0 ', 0],
  ['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
  ['Thu, 01 Jan 2020 00:00:10 GMT', 0],
  ['-5', undefined],
  ['1e3', undefined],
  ['soon', undefined],
];
for (const [header, expected] of headers) {
  test(`parseRetryAfter() of ${JSON.stringify(header)}`, () => {
    assert.equal(parseRetryAfter(header, now), expected);
  });
}

const quiet = { log: () => undefined };

test('withRetry() does not try again what stays', async () => {
  let count = 0;
  const action = () => {
    count += 1;
    return Promise.reject(new TspodError('invalid', 'wrong'));
  };
  await assert.rejects(withRetry(quiet, { retryDelay: 0 }, action), /wrong/);
  assert.equal(count, 1);
});

test('withRetry() tries again what may pass, also when it was wrapped', async () => {
  let count = 0;
  const action = () => {
    count += 1;
    if (count === 3) return Promise.resolve('done');
    return Promise.reject(during('doing', markTransient(new TspodError('network', 'gone'))));
  };
  assert.equal(await withRetry(quiet, { retryDelay: 0 }, action), 'done');
});

test('withRetry() waits longer each time, and says so', async () => {
  const said: string[] = [];
  const action = () => Promise.reject(markTransient(new TspodError('network', 'gone')));
  const start = Date.now();
  await assert.rejects(withRetry({ log: (_level, line) => said.push(line) }, { retry: 1 }, action), /gone/);
  assert.ok(Date.now() - start >= 700);
  assert.match(said.join(), /^gone; trying again in (\d+ms|1(\.\d)?s) \(1\/1\)$/);
});

test('withRetry() stops waiting when it is interrupted', async () => {
  const controller = new AbortController();
  const action = () => Promise.reject(markTransient(new TspodError('network', 'gone')));
  setTimeout(() => controller.abort(new Error('enough')), 20);
  await assert.rejects(
    withRetry(quiet, { retryDelay: 60_000, signal: controller.signal }, action),
    /^Error: enough$/,
  );
});
