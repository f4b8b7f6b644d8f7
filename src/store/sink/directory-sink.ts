import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { randomId } from '../../lib/id';
import { syncDirectory } from '../../sys/file-io';
import { writePatiently } from '../../sys/patient-write';
import { copyVerified } from './file-sink';
import type { FileSink } from './file-sink';

/** Writes files below a directory, which is made when it is missing; each appears complete, in place of an older one. */
export function createDirectorySink(directory: string): FileSink {
  const folders = new Set<string>([directory]);
  mkdirSync(directory, { recursive: true });
  const place = (path: string): string => {
    const file = `${directory}/${path}`;
    if (!folders.has(dirname(file))) mkdirSync(dirname(file), { recursive: true });
    folders.add(dirname(file));
    return file;
  };
  return {
    addBytes: async (path, data) => whole(place(path), (descriptor) => writePatiently(descriptor, data)),
    addRange: async (path, range, digest) =>
      whole(place(path), (descriptor) => copyVerified(range, digest, descriptor)),
    async addStream(path, chunks) {
      const file = place(path);
      const { descriptor, done, failed } = begin(file);
      try {
        for await (const chunk of chunks) writePatiently(descriptor, chunk);
      } catch (error) {
        failed();
        throw error;
      }
      done();
    },
    async addDirectory(path) {
      place(`${path}/file`);
    },
    async addLink(path, target) {
      const file = place(path);
      if (existsSync(file)) rmSync(file);
      symlinkSync(target, file);
    },
    finish: async () => folders.forEach(syncDirectory),
  };
}

async function whole(file: string, fill: (descriptor: number) => void | Promise<void>): Promise<void> {
  const { descriptor, done, failed } = begin(file);
  try {
    await fill(descriptor);
  } catch (error) {
    failed();
    throw error;
  }
  done();
}

interface Begun {
  descriptor: number;
  done(): void;
  failed(): void;
}

function begin(file: string): Begun {
  const temporary = `${file}.${randomId().slice(0, 12)}`;
  const descriptor = openSync(temporary, 'wx', 0o644);
  return {
    descriptor,
    done() {
      fsyncSync(descriptor);
      closeSync(descriptor);
      renameSync(temporary, file);
    },
    failed() {
      closeSync(descriptor);
      rmSync(temporary, { force: true });
    },
  };
}
