import { fstatSync, writeSync } from 'node:fs';
import type { Output } from './define-command';

/** Writing to a standard output whose reader is gone: the command ends quietly. */
export class ClosedOutputError extends Error {
  override readonly name = 'ClosedOutputError';
}

/**
 * The way to the user, by plain synchronous writes: process.stdout would load Node's stream and network modules.
 * Throws ClosedOutputError when nobody reads standard output any more.
 */
export function createOutput(): Output {
  return {
    print: (line) => writeAll(1, `${line}\n`),
    write: (text) => writeAll(1, text),
    note: (line) => writeNote(line),
    get isTerminal() {
      return isTerminal(1);
    },
  };
}

/** Bytes on standard error as they are: a program's own output. Nobody there to read them is no error. */
export function writeError(bytes: Uint8Array): void {
  try {
    writeAll(2, bytes);
  } catch {
    // Nobody is there to be told.
  }
}

function writeNote(line: string): void {
  try {
    writeAll(2, `${line}\n`);
  } catch {
    // Nobody is there to be told.
  }
}

function writeAll(fd: number, text: string | Uint8Array): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  let done = 0;
  while (done < bytes.length) done += writeSome(fd, bytes.subarray(done));
}

function writeSome(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE') throw new ClosedOutputError('standard output is closed');
    if (code !== 'EAGAIN') throw error;
    // Somebody made the pipe non-blocking: wait for its reader.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    return 0;
  }
}

/** The device number of /dev/null (Linux: Documentation/admin-guide/devices.txt). */
const NULL_DEVICE = 0x103;

/** Whether the descriptor is a terminal: a character device that is not /dev/null and has a window. */
export function isTerminal(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    if (!stat.isCharacterDevice() || stat.rdev === NULL_DEVICE) return false;
  } catch {
    return false;
  }
  return (fd === 1 ? process.stdout : fd === 2 ? process.stderr : process.stdin).isTTY === true;
}
