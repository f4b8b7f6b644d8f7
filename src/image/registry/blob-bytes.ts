import type { Readable } from 'node:stream';
import type { ByteStream } from './types';

/** The body of an answer; `explain` turns its errors into those of the reader. The connection ends when the reader stops early. */
export function blobBytes(body: Readable, explain: (error: unknown) => Error): Required<ByteStream> {
  return {
    each: (take) => readEach(body, take, explain),
    async *[Symbol.asyncIterator]() {
      try {
        yield* body as AsyncIterable<Buffer>;
      } catch (error) {
        throw explain(error);
      } finally {
        body.destroy();
      }
    },
  };
}

function readEach(
  body: Readable,
  take: (piece: Buffer) => void,
  explain: (error: unknown) => Error,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const give = (piece: Buffer): void => {
      try {
        take(piece);
      } catch (error) {
        // what would still come is not for this reader
        body.off('data', give);
        reject(error as Error);
        body.destroy();
      }
    };
    body.on('error', (error) => reject(explain(error)));
    body.once('end', resolve);
    // without an end or an error: somebody has given it up
    body.once('close', () => reject(explain(new Error('the connection was closed'))));
    body.on('data', give);
  });
}
