import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { fstatSync, ftruncateSync, readSync, rmSync } from 'node:fs';
import { TspodError, isErrno } from '../../lib/errors';
import { wait } from '../../lib/wait';
import { checkBlob } from '../../store/blob-writer';
import { digestHex, digestOf } from '../../store/digest';
import { hasBlob } from '../../store/layer/layer-record';
import { createSpaceGuard } from '../../store/layer/space-guard';
import { openPartialBlob } from '../../store/partial-blob';
import type { PartialBlob } from '../../store/partial-blob';
import type { StorePaths } from '../../store/store-paths';
import { createWriteStarter } from '../../sys/begin-writing';
import type { WriteStarter } from '../../sys/begin-writing';
import type { BufferCollector } from '../../sys/buffer-collector';
import { writeFully } from '../../sys/file-io';
import { readBlob } from '../find/image-record';
import type { Descriptor } from '../format/manifest';
import { defaultTimeouts } from '../registry/timeouts';
import type { ByteStream, Repository } from '../registry/types';

/** So many bytes are written to the disk at a time, while more come: a sync at the end finds little to do. */
const writtenAtOnce = 2 << 20;
/** Bytes. */
const largestConfig = 4 << 20;

/** Where a blob comes from: a registry's repository, or something that can be read like one. */
export type BlobSource = Pick<Repository, 'name' | 'blob'>;

export interface FetchOptions {
  source: BlobSource;
  signal: AbortSignal;
  /** How often it is asked again after a connection that broke and brought nothing, or next to nothing. */
  retry: number;
  /** Between two attempts, in milliseconds. */
  retryDelay: number;
  /** Told how many bytes lie in the file. */
  have: (bytes: number) => void;
  /** Told of bytes that are written. */
  collect: BufferCollector;
  /** Told when what an earlier pull has left is used. */
  resumed: () => void;
}

/**
 * Fetches a blob into its partial file, going on where an earlier pull was interrupted, and verifies it; `false` when the
 * store has it by now, because another pull was faster. What has been fetched stays after an error, unless it is wrong.
 * Errors: those of the source, `invalid` for a wrong size or digest, `system` for a full disk.
 */
export async function fetchBlob(
  store: StorePaths,
  blob: Descriptor,
  options: FetchOptions,
): Promise<boolean> {
  const partial = await openPartialBlob(store, digestHex(blob.digest), options.signal);
  try {
    if (hasBlob(store, blob.digest)) {
      rmSync(partial.path, { force: true });
      options.have(blob.size);
      return false;
    }
    await fill(store, blob, partial, options);
    return true;
  } catch (error) {
    const isUseless = error instanceof TspodError && (error.code === 'invalid' || error.code === 'system');
    const isEmpty = fstatSync(partial.descriptor).size === 0;
    if (isEmpty || isUseless || isErrno(error, 'ENOSPC', 'EDQUOT')) rmSync(partial.path, { force: true });
    throw error;
  } finally {
    partial.release();
  }
}

/** A blob on its way: its hash, and how much of it there is. */
interface Progress {
  hash: Hash;
  at: number;
  startWriting: WriteStarter;
}

async function fill(
  store: StorePaths,
  blob: Descriptor,
  partial: PartialBlob,
  options: FetchOptions,
): Promise<void> {
  const startWriting = createWriteStarter(partial.descriptor, writtenAtOnce);
  const progress: Progress = { hash: createHash('sha256'), at: 0, startWriting };
  if (partial.size > blob.size) ftruncateSync(partial.descriptor, 0);
  else await hashExisting(partial, progress, options);
  const space = createSpaceGuard(store.root);
  for (let failures = 0; progress.at < blob.size;) {
    const before = progress.at;
    const error = await fetchOn(blob, partial, { ...options, progress, space }).catch(retryable);
    options.signal.throwIfAborted();
    if (progress.at >= blob.size) break;
    failures = progress.at - before >= defaultTimeouts.least ? 0 : failures + 1;
    if (failures > options.retry) throw error ?? truncated(blob, progress.at);
    if (failures > 0) await wait(options.retryDelay * 2 ** (failures - 1), options.signal);
  }
  checkBlob({ digest: `sha256:${progress.hash.digest('hex')}`, size: progress.at }, blob);
}

/** What an earlier pull has left counts as fetched: its bytes go into the hash. */
async function hashExisting(partial: PartialBlob, progress: Progress, options: FetchOptions): Promise<void> {
  if (partial.size === 0) return;
  options.resumed();
  const buffer = Buffer.allocUnsafe(Math.min(partial.size, 1 << 20));
  while (progress.at < partial.size) {
    const length = readSync(partial.descriptor, buffer, 0, buffer.length, progress.at);
    if (length === 0) break;
    progress.hash.update(buffer.subarray(0, length));
    progress.at += length;
    options.have(progress.at);
    // other downloads go on in between
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** One request: from where it stands to the end, or to where the connection breaks. */
async function fetchOn(
  blob: Descriptor,
  partial: PartialBlob,
  options: FetchOptions & { progress: Progress; space: { take(bytes: number): void } },
): Promise<undefined> {
  const { progress, space, source } = options;
  const answer = await source.blob(blob.digest, progress.at);
  let skip = progress.at - answer.from;
  if (skip < 0)
    throw new TspodError('invalid', `the answer begins at byte ${answer.from}, not ${progress.at}`);
  await eachPiece(answer.stream, (chunk) => {
    options.signal.throwIfAborted();
    // a registry that knows no ranges sends it all again
    const data = skip === 0 ? chunk : chunk.subarray(Math.min(skip, chunk.length));
    skip -= chunk.length - data.length;
    if (data.length === 0) return;
    if (progress.at + data.length > blob.size) throw tooLong(blob);
    space.take(data.length);
    writeFully(partial.descriptor, data, progress.at);
    progress.hash.update(data);
    progress.at += data.length;
    progress.startWriting(progress.at);
    options.have(progress.at);
    options.collect(data.length);
  });
  return undefined;
}

async function eachPiece(stream: ByteStream, take: (piece: Buffer) => void): Promise<void> {
  if (stream.each !== undefined) return stream.each(take);
  for await (const piece of stream) take(piece);
}

/** Broken connections are tried again; everything else is final. */
function retryable(error: unknown): Error {
  if (error instanceof TspodError && error.code !== 'network') throw error;
  if (isErrno(error, 'ENOSPC', 'EDQUOT', 'EIO', 'EROFS')) throw error;
  return error as Error;
}

function truncated(blob: Descriptor, got: number): TspodError {
  return new TspodError(
    'network',
    `blob ${blob.digest} is truncated: expected ${blob.size} bytes, got ${got}`,
  );
}

function tooLong(blob: Descriptor): TspodError {
  const limit = `more than the ${blob.size} bytes that the manifest names`;
  return new TspodError('invalid', `blob ${blob.digest} has the wrong length: ${limit}`);
}

/**
 * The configuration of an image, from the store where it is there and whole, else from the source, verified. Asked for anew when a
 * connection breaks. Errors: `invalid`, those of the source.
 */
export async function fetchConfig(
  store: StorePaths,
  blob: Descriptor,
  options: Pick<FetchOptions, 'source' | 'retry' | 'retryDelay' | 'signal'>,
): Promise<Buffer> {
  const stored = hasBlob(store, blob.digest) ? readBlob(store, blob.digest) : undefined;
  if (stored !== undefined && digestOf(stored) === blob.digest) return stored;
  if (blob.size > largestConfig)
    throw new TspodError('invalid', `configuration larger than ${largestConfig} bytes: refused`);
  const { source, retry, retryDelay, signal } = options;
  for (let attempt = 0; ; attempt++) {
    const { stream } = await source.blob(blob.digest);
    const data = await readWhole(stream, blob).catch(retryable);
    if (Buffer.isBuffer(data)) return data;
    signal.throwIfAborted();
    if (attempt >= retry) throw data;
    await wait(retryDelay * 2 ** attempt, signal);
  }
}

/** A small blob, verified. */
async function readWhole(stream: ByteStream, blob: Descriptor): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > blob.size) throw tooLong(blob);
    chunks.push(chunk);
  }
  const data = Buffer.concat(chunks);
  checkBlob({ digest: digestOf(data), size }, blob);
  return data;
}
