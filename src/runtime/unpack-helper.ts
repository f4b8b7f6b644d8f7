import { closeSync, readSync } from 'node:fs';
import type { Context } from '../lib/context';
import { writeFully } from '../sys/file-io';
import { openPipe } from '../sys/pipe';
import { missingHelper } from './helper';

/** The native process that makes the files of layers: what it is sent and what it answers, byte for byte. */
export interface UnpackHelper {
  /** Waits while there is no room. Error `EPIPE`: it has ended. */
  send(data: Buffer): void;
  /** Fills `buffer` with the next bytes that it answers, waiting for them; false at the end. */
  receive(buffer: Buffer): boolean;
  /** Ends it, and returns when it has ended. */
  close(): void;
}

/**
 * The helper in its role `unpack`, started when it is sent something for the first time. Its pipes block: who reads an archive
 * waits for who makes its files. Error `machine`: there is no helper.
 */
export function unpackHelper(ctx: Context): UnpackHelper {
  let started: Started | undefined;
  return {
    send: (data) => writeFully((started ??= start(ctx)).orders, data),
    receive: (buffer) => started !== undefined && fill(started.answers, buffer),
    close() {
      if (started === undefined) return;
      closeSync(started.orders);
      const rest = Buffer.allocUnsafe(4096);
      while (fill(started.answers, rest));
      closeSync(started.answers);
      started = undefined;
    },
  };
}

interface Started {
  orders: number;
  answers: number;
}

function start(ctx: Context): Started {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const orders = openPipe();
  const answers = openPipe();
  const child = spawn(ctx.paths.helper, ['unpack'], {
    argv0: 'tspod',
    env: {},
    stdio: [orders.read, answers.write, 'inherit'],
  });
  // told by the missing pid already
  child.on('error', () => undefined);
  closeSync(orders.read);
  closeSync(answers.write);
  if (child.pid === undefined) {
    closeSync(orders.write);
    closeSync(answers.read);
    throw missingHelper(ctx, undefined);
  }
  return { orders: orders.write, answers: answers.read };
}

function fill(descriptor: number, buffer: Buffer): boolean {
  for (let at = 0; at < buffer.length;) {
    const length = readSync(descriptor, buffer, at, buffer.length - at, null);
    if (length === 0) return false;
    at += length;
  }
  return true;
}
