import assert from 'node:assert/strict';
import test from 'node:test';
import { createSendQueue } from '../../../../src/image/push/send-queue';

test('a queue starts nothing after a failure, waits for what runs, and tells of the first', async () => {
  const queue = createSendQueue(2);
  const done: number[] = [];
  const work = (at: number) => async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    done.push(at);
    if (at < 2) throw new Error(`${at}`);
  };
  for (const at of [0, 1, 2, 3]) queue.add(work(at));
  assert.doesNotThrow(() => queue.check());
  await queue.settled();
  assert.deepEqual(done, [0, 1]);
  assert.throws(() => queue.check(), { message: '0' });
  await assert.rejects(queue.done(), { message: '0' });
});

test('a queue is done when the last piece of work is', async () => {
  const queue = createSendQueue(1);
  const done: number[] = [];
  for (const at of [0, 1, 2]) queue.add(() => Promise.resolve(void done.push(at)));
  await queue.done();
  assert.deepEqual(done, [0, 1, 2]);
});
