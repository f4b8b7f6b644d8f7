import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import test from 'node:test';
import { wait } from '../../../src/lib/wait';

test('wait() leaves no listener behind', async () => {
  const { signal } = new AbortController();
  for (let time = 0; time < 3; time++) await wait(1, signal);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('wait() ends with the reason of its signal', async () => {
  const controller = new AbortController();
  const waited = wait(60_000, controller.signal);
  controller.abort(new Error('enough'));
  await assert.rejects(waited, { message: 'enough' });
  await assert.rejects(wait(60_000, controller.signal), { message: 'enough' });
});
