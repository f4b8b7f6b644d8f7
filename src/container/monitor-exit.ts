import { createConnection } from 'node:net';
import { FRAME } from '../runtime/protocol';

/** Bytes before the data of a frame: its type and its length (native/frame.h). */
const HEADER = 5;

/** Listens to a monitor until it tells the exit status of its container; undefined when it goes without a word. */
export function monitorExit(socket: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const connection = createConnection(socket);
    let rest: Buffer = Buffer.alloc(0);
    connection.on('data', (chunk) => {
      const { code, left } = readExit(rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk);
      rest = left;
      if (code === undefined) return;
      resolve(code);
      connection.destroy();
    });
    connection.on('error', () => resolve(undefined));
    connection.on('close', () => resolve(undefined));
  });
}

/** Passes over whole frames until one tells the exit status; `left` is what is not whole yet. */
export function readExit(bytes: Buffer): { code?: number; left: Buffer } {
  let at = 0;
  while (bytes.length - at >= HEADER) {
    const end = at + HEADER + bytes.readUInt32LE(at + 1);
    if (end > bytes.length) break;
    if (bytes[at] === FRAME.EXIT) return { code: bytes.readInt32LE(at + HEADER), left: bytes.subarray(end) };
    at = end;
  }
  return { left: bytes.subarray(at) };
}
