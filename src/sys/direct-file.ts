import { closeSync, constants, openSync, write } from 'node:fs';
import { isErrno } from '../lib/errors';
import { addressOf } from './native-library';

/** What disks and file systems want memory, offsets and lengths to be multiples of, at most; in bytes. */
const alignment = 4096;

/** Memory that a direct file takes as it is. */
export function alignedBuffer(size: number): Buffer {
  const memory = Buffer.allocUnsafeSlow(size + alignment);
  const past = Number(addressOf(memory) % BigInt(alignment));
  const start = past === 0 ? 0 : alignment - past;
  return memory.subarray(start, start + size);
}

/** A new file that is written from its beginning to its end. */
export interface DirectFile {
  /** Writes in another thread; the memory may be reused when it resolves. One at a time. */
  append(data: Buffer): Promise<void>;
  close(): void;
}

/**
 * Makes a file whose bytes go to the disk past the page cache (O_DIRECT), which spares memory and a copy of what nobody reads
 * soon; where the file system or a piece of data does not allow that, through the cache from there on. Error `EEXIST`.
 */
export function createDirectFile(path: string, mode: number): DirectFile {
  const { O_CREAT, O_DIRECT, O_EXCL, O_WRONLY } = constants;
  let descriptor: number | undefined;
  let isDirect = true;
  let position = 0;
  try {
    descriptor = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_DIRECT, mode);
  } catch (error) {
    if (!isErrno(error, 'EINVAL')) throw error;
    isDirect = false;
    // a refused flag may leave the new file behind
    descriptor = openSync(path, O_WRONLY | O_CREAT, mode);
  }

  function close(): void {
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
  }

  function useCache(): void {
    close();
    isDirect = false;
    descriptor = openSync(path, O_WRONLY);
  }

  async function some(data: Buffer): Promise<number> {
    if (isDirect && data.length % alignment !== 0) useCache();
    try {
      return await writeAt(descriptor, data, position);
    } catch (error) {
      if (!isDirect || !isErrno(error, 'EINVAL')) throw error;
      useCache();
      return writeAt(descriptor, data, position);
    }
  }

  return {
    async append(data) {
      for (let rest = data; rest.length > 0;) {
        const written = await some(rest);
        position += written;
        rest = rest.subarray(written);
      }
    },
    close,
  };
}

function writeAt(descriptor: number | undefined, data: Buffer, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(descriptor ?? -1, data, 0, data.length, position, (error, written) =>
      error === null ? resolve(written) : reject(error),
    );
  });
}
