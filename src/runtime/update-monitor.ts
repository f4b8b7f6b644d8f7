import type { Socket } from 'node:net';
import { closeSync, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isErrno, TspodError } from '../lib/errors';
import type { Plan } from './plan';
import { FRAME } from './protocol';

/** Milliseconds; a monitor of an earlier version knows no such frame and says nothing. */
const ANSWER_TIME = 5000;
/** Type and length. */
const HEADER = 5;
/** Bytes of data that a monitor takes in one frame. */
const GREATEST = 16384;

/**
 * Hands a monitor, by its socket, a plan whose operations stand in the place of those that it has with the same codes, and
 * waits until its container has what they say. Throws 'machine' when that could not be done: nothing is changed then; 'state' when
 * the container ended meanwhile.
 */
export async function updateMonitor(socketPath: string, plan: Plan): Promise<void> {
  const bytes = plan.bytes();
  if (bytes.length > GREATEST)
    throw new TspodError('usage', `what is to change is longer than ${GREATEST} bytes`, {
      hint: 'stop the container first: then all of it can be changed',
    });
  const directory = openSync(dirname(socketPath), 'r');
  try {
    // the path of a socket has 107 bytes at most
    await exchange(`/proc/self/fd/${directory}/${basename(socketPath)}`, bytes);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE')) throw ended();
    throw error;
  } finally {
    closeSync(directory);
  }
}

async function exchange(path: string, bytes: Uint8Array): Promise<void> {
  const { connect } = process.getBuiltinModule('node:net');
  const socket = connect(path);
  try {
    socket.setTimeout(ANSWER_TIME, () => socket.destroy(silent()));
    const header = Buffer.alloc(HEADER);
    header.writeUInt8(FRAME.UPDATE);
    header.writeUInt32LE(bytes.length, 1);
    socket.write(Buffer.concat([header, bytes]));
    await answer(socket);
  } finally {
    socket.destroy();
  }
}

/** Frames with the output of the container come in between. */
async function answer(socket: Socket): Promise<void> {
  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk as Buffer]);
    while (received.length >= HEADER) {
      const length = received.readUInt32LE(1);
      if (received.length < HEADER + length) break;
      const type = received.readUInt8(0);
      if (type === FRAME.UPDATED) return;
      if (type === FRAME.ERROR)
        throw new TspodError('machine', received.toString('utf8', HEADER + 4, HEADER + length));
      received = received.subarray(HEADER + length);
    }
  }
  throw ended();
}

function ended(): TspodError {
  return new TspodError('state', 'the container ended meanwhile');
}

function silent(): TspodError {
  return new TspodError('machine', 'the monitor of the container does not answer', {
    hint: 'one of an earlier version of tspod cannot be told of changes: restart the container',
  });
}
