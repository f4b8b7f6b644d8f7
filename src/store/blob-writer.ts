import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { TspodError } from '../lib/errors';
import { writeFully } from '../sys/file-io';

/** What is known of a blob that comes from outside. */
export interface ExpectedBlob {
  digest: string;
  size: number;
}

/** A blob on its way into the store: a file in a staging directory. */
export interface BlobWriter {
  write(chunk: Buffer): void;
  /** Ends it. Error `invalid`: digest or length are not as expected. */
  finish(): { digest: string; size: number };
  /** Closes the file after an error. */
  abort(): void;
}

/** Writes a blob to `path`, hashing what passes. Syncing and renaming it is the caller's. */
export function createBlobWriter(path: string, expected: ExpectedBlob | undefined): BlobWriter {
  const descriptor = openSync(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let size = 0;
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeSync(descriptor);
    isOpen = false;
  };
  return {
    write(chunk) {
      size += chunk.length;
      hash.update(chunk);
      writeFully(descriptor, chunk);
    },
    finish() {
      close();
      const digest = `sha256:${hash.digest('hex')}`;
      if (expected !== undefined) checkBlob({ digest, size }, expected);
      return { digest, size };
    },
    abort: close,
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
