import { closeSync, openSync, read } from 'node:fs';
import type { Repository } from '../registry/types';
import { placeOf } from './blob-places';

/** A blob that a repository is to have: its bytes are in a file, or at hand. */
export interface OutgoingBlob {
  digest: string;
  /** Bytes. */
  size: number;
  source: string | Buffer;
  /** Told how many of its bytes have been handed on. */
  sent?: (bytes: number) => void;
}

/** How a blob came to be in the repository. */
export type BlobOutcome = 'present' | 'mounted' | 'sent';

/**
 * Brings one blob into a repository: not at all when it is there, from another repository of the registry where one of
 * `places` has it, else by sending it.
 */
export async function pushBlob(
  repository: Repository,
  blob: OutgoingBlob,
  places: readonly string[],
): Promise<BlobOutcome> {
  if ((await repository.hasBlob(blob.digest)) !== undefined) return 'present';
  const { path: own } = placeOf(repository.name);
  for (const path of places) {
    if (path !== own && (await repository.mountBlob(blob.digest, path))) return 'mounted';
  }
  const { digest, size, source, sent } = blob;
  const open = (from: number): AsyncGenerator<Buffer> => {
    const bytes = openSource(source, from);
    return sent === undefined ? bytes : counted(bytes, from, sent);
  };
  await repository.putBlob({ digest, size, open });
  return 'sent';
}

async function* counted(
  bytes: AsyncIterable<Buffer>,
  from: number,
  sent: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  let count = from;
  for await (const chunk of bytes) {
    yield chunk;
    count += chunk.length;
    sent(count);
  }
}

const chunkSize = 1 << 20;

async function* openSource(source: string | Buffer, from: number): AsyncGenerator<Buffer> {
  if (typeof source !== 'string') {
    if (from < source.length) yield source.subarray(from);
    return;
  }
  const descriptor = openSync(source, 'r');
  try {
    for (let at = from; ;) {
      const chunk = await readChunk(descriptor, at);
      if (chunk.length === 0) return;
      at += chunk.length;
      yield chunk;
    }
  } finally {
    closeSync(descriptor);
  }
}

function readChunk(descriptor: number, at: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(chunkSize);
  return new Promise((resolve, reject) => {
    read(descriptor, buffer, 0, buffer.length, at, (error, length) =>
      error === null ? resolve(buffer.subarray(0, length)) : reject(error),
    );
  });
}
