import { constants, crc32, deflateRaw } from 'node:zlib';

/** Bytes that are compressed at once, and how many such pieces at the same time: Node has four threads for it. */
const pieceSize = 1 << 18;
const atOnce = 4;
/** What a piece can refer back to. */
const windowSize = 1 << 15;
/** RFC 1952: deflate, no flags, no time, no file system. */
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/**
 * Compresses what comes into one gzip member, several pieces at a time in Node's thread pool; each piece knows the end
 * of the one before. The source must not reuse its buffers. Level from 1 (quick) to 9 (small).
 */
export async function* gzipParallel(source: AsyncIterable<Buffer>, level: number): AsyncGenerator<Buffer> {
  let crc = 0;
  let size = 0;
  let window: Buffer | undefined;
  const running: Promise<Buffer>[] = [];
  const start = (piece: Buffer, isLast: boolean): void => {
    crc = crc32(piece, crc);
    size += piece.length;
    const packed = deflatePiece(piece, { level, window, isLast });
    // whoever comes to it gets its error: until then it is not an unhandled one
    packed.catch(() => undefined);
    running.push(packed);
    window = piece.subarray(Math.max(0, piece.length - windowSize));
  };
  yield header;
  try {
    let held: Buffer | undefined;
    for await (const piece of cut(source)) {
      if (held !== undefined) start(held, false);
      held = piece;
      if (running.length >= atOnce) yield await (running.shift() as Promise<Buffer>);
    }
    start(held ?? Buffer.alloc(0), true);
    while (running.length > 0) yield await (running.shift() as Promise<Buffer>);
  } finally {
    await Promise.allSettled(running);
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc, 0);
  trailer.writeUInt32LE(size % 2 ** 32, 4);
  yield trailer;
}

async function* cut(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += pieceSize) yield chunk.subarray(at, at + pieceSize);
  }
}

function deflatePiece(
  piece: Buffer,
  { level, window, isLast }: { level: number; window: Buffer | undefined; isLast: boolean },
): Promise<Buffer> {
  const options = {
    level,
    chunkSize: pieceSize,
    finishFlush: isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    ...(window === undefined || window.length === 0 ? {} : { dictionary: window }),
  };
  return new Promise((resolve, reject) => {
    deflateRaw(piece, options, (error, data) => (error === null ? resolve(data) : reject(error)));
  });
}
