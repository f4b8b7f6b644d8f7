import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { TspodError } from '../../../lib/errors';
import { writePatiently } from '../../../sys/patient-write';

/** What containers/storage notes of a layer's archive: bytes as they were, or a file whose content lies in the layer. */
interface SplitEntry {
  /** 1: a file; 2: bytes. */
  type: number;
  name?: string;
  /** Base64 of a name that is not UTF-8. */
  name_raw?: string;
  size?: number;
  /** Base64 of the bytes; of a file its checksum. */
  payload?: string | null;
}

/**
 * Puts the archive of a layer together again, byte for byte, out of its unpacked files and the notes that
 * containers/storage made when it unpacked it (vbatts/tar-split). Returns its size. The caller compares the digest.
 */
export function joinTar(notes: string, diff: string, to: number): number {
  let size = 0;
  for (const line of gunzipSync(readFileSync(notes)).toString('utf8').split('\n')) {
    if (line === '') continue;
    const entry = JSON.parse(line) as SplitEntry;
    if (entry.type === 2) {
      const bytes = Buffer.from(entry.payload ?? '', 'base64');
      writePatiently(to, bytes);
      size += bytes.length;
    } else if (entry.type === 1 && (entry.size ?? 0) > 0) {
      copyFile(Buffer.concat([Buffer.from(`${diff}/`), nameOf(entry)]), entry.size ?? 0, to);
      size += entry.size ?? 0;
    }
  }
  return size;
}

function nameOf({ name = '', name_raw: raw }: SplitEntry): Buffer {
  return raw === undefined ? Buffer.from(name) : Buffer.from(raw, 'base64');
}

function copyFile(path: Buffer, size: number, to: number): void {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  const buffer = Buffer.allocUnsafe(Math.min(size, 1 << 20));
  try {
    for (let done = 0; done < size;) {
      const length = readSync(descriptor, buffer, 0, Math.min(buffer.length, size - done), done);
      if (length === 0)
        throw new TspodError(
          'invalid',
          `"${path.toString()}" is shorter than Podman unpacked it: the layer was changed`,
        );
      writePatiently(to, buffer.subarray(0, length));
      done += length;
    }
  } finally {
    closeSync(descriptor);
  }
}
