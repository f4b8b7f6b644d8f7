import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { findProgram } from '../../sys/programs';

/** Compresses what comes, with a level from 1 (quick) to 22 (small). */
export type ZstdCompressor = (source: AsyncIterable<Buffer>, level: number) => AsyncIterable<Buffer>;

/** Node's zstd, and before Node 22.15 the program zstd(1). Error `unsupported`: there is neither. */
export async function zstdCompressor(ctx: Context): Promise<ZstdCompressor> {
  const zlib = (await import('node:zlib')) as unknown as Partial<ZstdLibrary>;
  if (zlib.createZstdCompress !== undefined) return throughLibrary(zlib as ZstdLibrary);
  const program = findProgram(ctx, 'zstd');
  if (program !== undefined) return throughZstd(program);
  throw new TspodError(
    'unsupported',
    `nothing here compresses with zstd: Node ${process.version} does not, and there is no program zstd`,
    { hint: 'apt-get install zstd; or use Node 22.15 or later, or --compression-format gzip' },
  );
}

interface ZstdLibrary {
  createZstdCompress(options: { params: Record<number, number> }): NodeJS.ReadWriteStream;
  constants: { ZSTD_c_compressionLevel: number };
}

function throughLibrary({ createZstdCompress, constants }: ZstdLibrary): ZstdCompressor {
  return async function* (source, level) {
    const { pipeline, Readable } = await import('node:stream');
    const stream = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: level } });
    pipeline(Readable.from(source, { objectMode: false }), stream, () => undefined);
    for await (const chunk of stream) yield chunk as Buffer;
  };
}

function throughZstd(program: string): ZstdCompressor {
  return async function* (source, level) {
    const { throughProgram } = await import('../../sys/through-program');
    const strength = level > 19 ? ['--ultra', `-${level}`] : [`-${level}`];
    yield* throughProgram(program, ['--quiet', '--stdout', '--threads=0', ...strength], source);
  };
}
