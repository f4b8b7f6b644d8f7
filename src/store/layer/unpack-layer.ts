import { mkdirSync } from 'node:fs';
import { TspodError } from '../../lib/errors';
import { createBufferCollector } from '../../sys/buffer-collector';
import type { BufferCollector } from '../../sys/buffer-collector';
import { newSha256 } from '../../sys/sha256';
import type { Compression } from '../compression';
import { decompress } from '../decompress';
import type { AwaitNext } from '../decompress';
import type { Staging } from '../staging';
import { createTarReader } from '../tar/tar-reader';
import type { FileMaker } from './file-maker';
import { createUnpacker } from './unpacker';

/** The bytes of a layer, and what has been promised of them. */
export interface UnpackInput {
  compression: Compression;
  /** Asked for the bytes in their order, to the very last one. Not reused before the next is asked for. */
  next: AwaitNext;
  /** The digest of all bytes, which is the diff ID of an uncompressed layer; asked after the last one. */
  digest: () => string | Promise<string>;
  /** Absent where nothing promises it (import). */
  diffId?: string;
  /** Directories of the layers below, from top to bottom; absent: they are not there yet (`implicit`). */
  lowers: readonly string[] | undefined;
  /** It is no layer, but any archive (unpacker.ts). */
  plain?: boolean;
  warn: (message: string) => void;
  /** Told once that it has more than a few members. */
  many?: () => void;
  /** Makes the files; shared by layers that are unpacked one after the other, and closed by its owner. */
  files: FileMaker;
  /** Shared by layers that are unpacked one after the other. */
  collect?: BufferCollector;
}

/** A layer in a staging directory: `directory` holds `diff`. */
export interface UnpackedLayer {
  directory: string;
  diffId: string;
  /** Sum of the sizes of its files, in bytes. */
  size: number;
}

/** The same, and the directories that its archive does not name, for `settleImplicit`; none where `lowers` were given. */
export interface LoneLayer extends UnpackedLayer {
  implicit: string[];
}

/**
 * Unpacks a layer into `staging` as its bytes come, and verifies its diff ID on the way. On an error what was made stays
 * in the staging directory, for its owner to remove.
 */
export async function unpackLayer(staging: Staging, name: string, input: UnpackInput): Promise<LoneLayer> {
  const directory = `${staging.path}/layer-${name}`;
  mkdirSync(`${directory}/diff`, { recursive: true, mode: 0o700 });
  const unpacker = createUnpacker(`${directory}/diff`, input);
  const tar = createTarReader(unpacker);
  const diffId = await readAll(input, (chunk) => tar.push(chunk));
  tar.finish();
  if (input.diffId !== undefined && diffId !== input.diffId) {
    throw new TspodError('invalid', `wrong diff ID: expected ${input.diffId}, got ${diffId}`);
  }
  const { size, implicit } = unpacker.finish();
  return { directory, diffId, size, implicit };
}

/** Hands the uncompressed bytes over and returns their digest. */
async function readAll(input: UnpackInput, take: (chunk: Buffer) => void): Promise<string> {
  const { compression, next } = input;
  if (compression === 'none') {
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) take(chunk);
    return input.digest();
  }
  const hash = newSha256();
  const collect = input.collect ?? createBufferCollector();
  for await (const chunk of decompress(compression, next)) {
    hash.update(chunk);
    take(chunk);
    collect(chunk.length);
  }
  // what follows the compressed data belongs to the blob
  while ((await next()) !== undefined);
  await input.digest();
  return `sha256:${hash.hex()}`;
}
