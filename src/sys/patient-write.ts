import { writeSync } from 'node:fs';

/** Writes all of `data`; waits for a pipe that somebody has made non-blocking. */
export function writePatiently(descriptor: number, data: Buffer): void {
  for (let at = 0; at < data.length;) {
    try {
      at += writeSync(descriptor, data, at, data.length - at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
