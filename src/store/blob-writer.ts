import { TspodError } from '../lib/errors';
import { createDirectFile } from '../sys/direct-file';
import { newSha256 } from '../sys/sha256';

/** What is known of a blob that comes from outside. */
export interface ExpectedBlob {
  digest: string;
  size: number;
}

/** A blob on its way into the store: a file in a staging directory. */
export interface BlobWriter {
  /** Starts to write in another thread, and resolves when the chunk before is written: that one may be reused then. */
  writeBehind(chunk: Buffer): Promise<void>;
  /** Ends it. Error `invalid`: digest or length are not as expected. */
  finish(): Promise<{ digest: string; size: number }>;
  /** Closes the file after an error; does nothing after `finish`. */
  abort(): Promise<void>;
}

/** Writes a blob to `path`, hashing what passes. Syncing and renaming it is the caller's. */
export function createBlobWriter(path: string, expected: ExpectedBlob | undefined): BlobWriter {
  const file = createDirectFile(path, 0o600);
  const hash = newSha256();
  let size = 0;
  let behind = Promise.resolve();
  return {
    async writeBehind(chunk) {
      await behind;
      behind = file.append(chunk);
      // whoever waits for it next gets its error: until then it is not an unhandled one
      behind.catch(() => undefined);
      size += chunk.length;
      hash.update(chunk);
    },
    async finish() {
      await behind;
      file.close();
      const digest = `sha256:${hash.hex()}`;
      if (expected !== undefined) checkBlob({ digest, size }, expected);
      return { digest, size };
    },
    async abort() {
      // a write under way must not hit a descriptor that has been given away
      await behind.catch(() => undefined);
      file.close();
    },
  };
}

/** Error `invalid`: a blob is not what its descriptor says. */
export function checkBlob(actual: ExpectedBlob, expected: ExpectedBlob): void {
  if (actual.size !== expected.size) {
    throw new TspodError('invalid', `wrong length: expected ${expected.size} bytes, got ${actual.size}`);
  }
  if (actual.digest !== expected.digest) {
    throw new TspodError('invalid', `wrong digest: expected ${expected.digest}, got ${actual.digest}`);
  }
}
