import assert from 'node:assert/strict';
import { closeSync, writeSync } from 'node:fs';
import test from 'node:test';
import { readArrivals } from '../../../../src/image/pull/arrivals';
import type { Arrivals } from '../../../../src/image/pull/arrivals';
import { encodeMessage } from '../../../../src/image/pull/receiver-protocol';
import type { FetcherMessage } from '../../../../src/image/pull/receiver-protocol';
import { openPipe } from '../../../../src/sys/pipe';

type Tell = (...messages: FetcherMessage[]) => void;

/** Runs `use` with what is told through a pipe, which ends at the latest afterwards. */
async function withArrivals(
  use: (arrivals: Arrivals, tell: Tell, end: () => void) => Promise<void>,
): Promise<void> {
  const pipe = openPipe();
  const arrivals = readArrivals(pipe.read);
  let isOpen = true;
  const end = (): void => {
    if (isOpen) closeSync(pipe.write);
    isOpen = false;
  };
  try {
    await use(
      arrivals,
      (...messages) => void writeSync(pipe.write, messages.map(encodeMessage).join('')),
      end,
    );
  } finally {
    end();
    await assert.rejects(arrivals.verified(1000));
    closeSync(pipe.read);
  }
}

test('Arrivals.first() takes a layer that is all there before one that has begun to come', () =>
  withArrivals(async (arrivals, tell) => {
    tell(['have', 0, 10], ['have', 2, 10], ['done', 2]);
    await arrivals.verified(2);
    const waiting = [0, 1, 2];
    assert.deepEqual([await arrivals.first(waiting), await arrivals.first(waiting)], [2, 0]);
    assert.deepEqual(waiting, [1]);
  }));

test('Arrivals.first() gives a layer to one of those who wait, and tells the others when none is left', () =>
  withArrivals(async (arrivals, tell) => {
    const waiting = [0, 1];
    const taken = [arrivals.first(waiting), arrivals.first(waiting), arrivals.first(waiting)];
    tell(['have', 1, 10]);
    tell(['done', 0]);
    assert.deepEqual((await Promise.all(taken)).sort(), [0, 1, undefined]);
  }));

test('Arrivals fails for all who wait when it is given up, for its reason', () =>
  withArrivals(async (arrivals) => {
    const waits = [arrivals.first([0]), arrivals.more(0, 0), arrivals.verified(0), arrivals.plan()];
    arrivals.giveUp(new Error('the disk is full'));
    for (const wait of waits) await assert.rejects(wait, /the disk is full/);
    assert.throws(() => arrivals.check(), /the disk is full/);
  }));

test('Arrivals fails when the process that fetches ends before it has said what is waited for', () =>
  withArrivals(async (arrivals, tell, end) => {
    tell(['done', 0]);
    end();
    await arrivals.verified(0);
    await assert.rejects(arrivals.more(0, 5), /has ended/);
  }));
