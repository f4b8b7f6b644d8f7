import type { Socket } from 'node:net';
import { closeSync, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isErrno, TspodError } from '../lib/errors';
import { FRAME } from './protocol';

/** Type and length. */
const HEADER = 5;

/** A frame for a monitor, and what it answers. */
export interface MonitorQuestion {
  /** Of FRAME. */
  type: number;
  data?: Uint8Array;
  /** The type of the frame that answers. */
  answer: number;
  /** Milliseconds; absent: for ever. */
  time?: number;
}

/**
 * Asks a monitor by its socket; resolves with the data of its answer. Throws 'machine' with the text of an error that it
 * answers, or when it says nothing; 'state' when the container ended meanwhile.
 */
export async function askMonitor(socketPath: string, question: MonitorQuestion): Promise<Buffer> {
  let directory = -1;
  try {
    directory = openSync(dirname(socketPath), 'r');
    // the path of a socket has 107 bytes at most
    return await exchange(`/proc/self/fd/${directory}/${basename(socketPath)}`, question);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE')) throw ended();
    throw error;
  } finally {
    if (directory >= 0) closeSync(directory);
  }
}

async function exchange(path: string, { type, data, answer, time }: MonitorQuestion): Promise<Buffer> {
  const { connect } = process.getBuiltinModule('node:net');
  const socket = connect(path);
  try {
    if (time !== undefined) socket.setTimeout(time, () => socket.destroy(silent()));
    const header = Buffer.alloc(HEADER);
    header.writeUInt8(type);
    header.writeUInt32LE(data?.length ?? 0, 1);
    socket.write(data ? Buffer.concat([header, data]) : header);
    return await readAnswer(socket, answer);
  } finally {
    socket.destroy();
  }
}

/** Frames with the output of the container come in between. */
async function readAnswer(socket: Socket, wanted: number): Promise<Buffer> {
  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk as Buffer]);
    while (received.length >= HEADER) {
      const length = received.readUInt32LE(1);
      if (received.length < HEADER + length) break;
      const type = received.readUInt8(0);
      const data = received.subarray(HEADER, HEADER + length);
      if (type === wanted) return data;
      if (type === FRAME.ERROR) throw new TspodError('machine', data.toString('utf8', 4));
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
