import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, symlinkSync } from 'node:fs';
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
    addStream: (path, chunks) =>
      whole(place(path), async (descriptor) => {
        for await (const chunk of chunks) writePatiently(descriptor, chunk);
      }),
    async addDirectory(path) {
      place(`${path}/file`);
    },
    async addLink(path, target) {
      const file = place(path);
      rmSync(file, { force: true });
      symlinkSync(target, file);
    },
    finish: async () => folders.forEach(syncDirectory),
  };
}

/** Fills a new file, which then takes the place of `file`; on an error nothing of it stays. */
async function whole(file: string, fill: (descriptor: number) => void | Promise<void>): Promise<void> {
  const temporary = `${file}.${randomId().slice(0, 12)}`;
  const descriptor = openSync(temporary, 'wx', 0o644);
  try {
    await fill(descriptor);
    fsyncSync(descriptor);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}
