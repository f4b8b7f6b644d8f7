import type { Transform } from 'node:stream';
import { TspodError, describeError, isErrno } from '../lib/errors';
import type { Compression } from './compression';

/** Gives the next piece of a file, undefined at its end. A piece stays as it is: it is not reused. */
export type ReadNext = () => Buffer | undefined;

/** The same of bytes that may have to come first; every piece but the last two may be gone. */
export type AwaitNext = () => Buffer | undefined | Promise<Buffer | undefined>;

/** What is not a bomb: this much, in bytes, and beyond it this many times what went in. */
export interface BombLimits {
  floor: number;
  ratio: number;
}

/** A file of zeros grows 1,030 times out of gzip, and more out of zstd: before this much it is honest, and the disk is the limit. */
const bombLimits: BombLimits = { floor: 8 * 2 ** 30, ratio: 1100 };

/**
 * The unpacked bytes of what `next` gives. Errors `invalid`: it is damaged or truncated, or grows so much that it has to
 * be a decompression bomb.
 */
export async function* decompress(
  compression: Compression,
  next: AwaitNext,
  { floor, ratio }: BombLimits = bombLimits,
): AsyncGenerator<Buffer> {
  let taken = 0;
  let given = 0;
  const counted: AwaitNext = async () => {
    const chunk = await next();
    taken += chunk?.length ?? 0;
    return chunk;
  };
  const chunks = decoders[compression](counted);
  while (true) {
    const step = await nextChunk(chunks, compression);
    if (step.done === true) return;
    given += step.value.length;
    if (given > floor && given > ratio * taken) throw bomb(taken, given);
    yield step.value;
  }
}

async function nextChunk(
  chunks: AsyncIterator<Buffer>,
  compression: Compression,
): Promise<IteratorResult<Buffer>> {
  try {
    return await chunks.next();
  } catch (error) {
    // errors of reading the file and of its checks are the caller's own
    if (error instanceof TspodError || isErrno(error, 'EIO', 'EISDIR')) throw error;
    throw new TspodError('invalid', `damaged or truncated ${compression} data: ${describeError(error)}`, {
      cause: error,
    });
  }
}

const decoders: Record<Compression, (next: AwaitNext) => AsyncGenerator<Buffer>> = {
  none: plain,
  gzip: async function* (next) {
    const { createGunzip } = await import('node:zlib');
    yield* throughStream(createGunzip({ chunkSize: 1 << 19 }), next);
  },
  zstd: async function* (next) {
    const zlib = (await import('node:zlib')) as unknown as {
      createZstdDecompress?: () => Transform;
    };
    if (zlib.createZstdDecompress !== undefined) yield* throughStream(zlib.createZstdDecompress(), next);
    else yield* zstd(next);
  },
  xz,
  // eslint-disable-next-line require-yield
  bzip2: async function* () {
    throw new TspodError('unsupported', 'bzip2 compression is not supported', {
      hint: 'unpack it with "bunzip2" first',
    });
  },
};

// its pieces may be gone with the next one too
async function* plain(next: AwaitNext): AsyncGenerator<Buffer> {
  for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk;
}

async function* throughStream(stream: Transform, next: AwaitNext): AsyncGenerator<Buffer> {
  // an error destroys the stream, and reading it below throws that error
  const feeding = feed(stream, next).catch((error: Error) => void stream.destroy(error));
  for await (const chunk of stream) yield chunk as Buffer;
  // from here on the caller asks for what follows
  await feeding;
}

/** Keeps a piece waiting in the stream while the one before is taken in, so that it has no pause; ends where the stream does. */
async function feed(stream: Transform, next: AwaitNext): Promise<void> {
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  let before = Promise.resolve();
  for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
    const piece = chunk;
    const taken = new Promise<void>((resolve) => stream.write(piece, () => resolve()));
    await Promise.race([before, closed]);
    before = taken;
    if (stream.destroyed || stream.readableEnded) return;
  }
  stream.end();
}

async function* zstd(next: AwaitNext): AsyncGenerator<Buffer> {
  const { Decompress } = await import('fzstd');
  let ready: Buffer[] = [];
  let hasEnded = false;
  const decoder = new Decompress((data, isLast) => {
    ready.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    hasEnded = isLast === true;
  });
  for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
    decoder.push(Buffer.from(chunk));
    yield* ready;
    ready = [];
  }
  decoder.push(new Uint8Array(0), true);
  yield* ready;
  if (!hasEnded) throw new Error('unexpected end of data');
}

async function* xz(next: AwaitNext): AsyncGenerator<Buffer> {
  const { XzReadableStream } = (await import('xz-decompress')) as typeof import('xz-decompress');
  const source = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = await next();
      if (chunk === undefined) controller.close();
      else controller.enqueue(Buffer.from(chunk));
    },
  });
  const reader = new XzReadableStream(source).getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    yield Buffer.from(step.value.buffer, step.value.byteOffset, step.value.byteLength);
  }
}

function bomb(taken: number, given: number): TspodError {
  const message = `${taken} bytes have become more than ${given}: refused as a decompression bomb`;
  return new TspodError('invalid', message, {
    hint: 'if it is honest, decompress it with a tool of your choice first',
  });
}
