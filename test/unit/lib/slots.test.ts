import assert from 'node:assert/strict';
import test from 'node:test';
import { makeSlots } from '../../../src/lib/slots';

for (const [count, most] of [
  [1, 1],
  [3, 3],
  [0, 10],
] as const) {
  test(`of ${count} slots no more are taken, in the order of the calls`, async () => {
    const slots = makeSlots(count);
    const begun: number[] = [];
    let running = 0;
    let largest = 0;
    const work = async (at: number): Promise<void> => {
      begun.push(at);
      largest = Math.max(largest, ++running);
      await Promise.resolve();
      running--;
      if (at % 2 === 1) throw new Error(`${at}`);
    };
    const numbers = Array.from({ length: 10 }, (_, at) => at);
    // those that come when one ends must not overtake those that wait
    const first = slots.run(() => work(0)).then(() => slots.run(() => work(10)));
    const results = await Promise.allSettled([
      ...numbers.slice(1).map((at) => slots.run(() => work(at))),
      first,
    ]);
    assert.equal(largest, most);
    assert.deepEqual(begun, [...numbers, 10]);
    assert.equal(results.filter(({ status }) => status === 'rejected').length, 5);
  });
}
