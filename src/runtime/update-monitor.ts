import { TspodError } from '../lib/errors';
import { askMonitor } from './ask-monitor';
import type { Plan } from './plan';
import { FRAME } from './protocol';

/** Milliseconds; a monitor of an earlier version knows no such frame and says nothing. */
const ANSWER_TIME = 5000;
/** Bytes of data that a monitor takes in one frame. */
const GREATEST = 16384;

/**
 * Hands a monitor, by its socket, a plan whose operations stand in the place of those that it has with the same codes, and
 * waits until its container has what they say. Throws 'machine' when that could not be done: nothing is changed then; 'state' when
 * the container ended meanwhile.
 */
export async function updateMonitor(socketPath: string, plan: Plan): Promise<void> {
  const data = plan.bytes();
  if (data.length > GREATEST)
    throw new TspodError('usage', `what is to change is longer than ${GREATEST} bytes`, {
      hint: 'stop the container first: then all of it can be changed',
    });
  await askMonitor(socketPath, { type: FRAME.UPDATE, data, answer: FRAME.UPDATED, time: ANSWER_TIME });
}
