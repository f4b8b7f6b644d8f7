import { TspodError } from '../lib/errors';
import { newSha256 } from '../sys/sha256';
import { checkBlob } from './blob-writer';
import type { ExpectedBlob } from './blob-writer';

/**
 * Passes the bytes of a blob on, and verifies them on the way. Error `invalid`: there are more than expected, which is told at
 * once, or fewer or other ones, which is told after the last.
 */
export async function* verified(
  chunks: AsyncIterable<Buffer>,
  expected: ExpectedBlob,
): AsyncGenerator<Buffer> {
  const hash = newSha256();
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > expected.size)
      throw new TspodError('invalid', `wrong length: expected ${expected.size} bytes, got more`);
    hash.update(chunk);
    yield chunk;
  }
  checkBlob({ digest: `sha256:${hash.hex()}`, size }, expected);
}
