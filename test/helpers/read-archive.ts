import type { TarEntry } from '../../src/store/tar/entry';
import { createTarReader } from '../../src/store/tar/tar-reader';

/** The members of an uncompressed archive, their paths without a slash at the end, one character a byte. */
export function readArchive(archive: Buffer): TarEntry[] {
  const members: TarEntry[] = [];
  const reader = createTarReader({
    entry: (entry) => members.push({ ...entry, path: entry.path.replace(/\/$/, '') }),
    data: () => undefined,
    end: () => undefined,
  });
  reader.push(archive);
  reader.finish();
  return members;
}
