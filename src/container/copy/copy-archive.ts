import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { readSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { describeError, isErrno, TspodError } from '../../lib/errors';
import { startHelper } from '../../runtime/helper';
import { helperError } from '../../runtime/helper-error';
import type { Plan } from '../../runtime/plan';
import { detectCompression } from '../../store/compression';
import { decompress } from '../../store/decompress';
import { createTarReader } from '../../store/tar/tar-reader';
import { endRecord, recordWriter } from './record-writer';

const PIECE = 1 << 18;

/**
 * Unpacks the archive on standard input, whatever it is compressed with: it is read here, and the helper makes the files.
 * Throws 'invalid' when it is no archive.
 */
export async function copyArchive(ctx: Context, plan: Plan): Promise<void> {
  const helper = startHelper(ctx, 'copy', plan);
  const ended = endOf(helper);
  let failure: unknown;
  try {
    await unpack(helper);
  } catch (error) {
    failure = error;
  }
  helper.stdin.end();
  const result = await ended;
  // it says nothing when the records were cut off
  if (result.stderr.includes('Error: ')) throw saidBy(result);
  if (failure !== undefined) throw failure as Error;
  if (result.status !== 0) throw helperError('copying to container', result);
  if (result.stderr !== '') ctx.log('warn', result.stderr.trim());
}

function saidBy(result: { status: number; stderr: string }): TspodError {
  const said = helperError('', result);
  return new TspodError(
    'system',
    said.message.replace(/^: /, ''),
    said.hint === undefined ? {} : { hint: said.hint },
  );
}

async function unpack(helper: ChildProcessWithoutNullStreams): Promise<void> {
  const first = await nextPiece();
  const begun = { entries: 0 };
  const handler = recordWriter((bytes) => helper.stdin.write(Buffer.from(bytes)));
  const reader = createTarReader({
    ...handler,
    entry(entry) {
      begun.entries++;
      handler.entry(entry);
    },
  });
  try {
    for await (const chunk of decompress(detectCompression(first ?? Buffer.alloc(0)), withFirst(first))) {
      reader.push(chunk);
      if (helper.stdin.writableNeedDrain) await drained(helper);
      if (helper.exitCode !== null || helper.stdin.destroyed) return;
    }
    reader.finish();
  } catch (error) {
    if (begun.entries === 0) throw noArchive(error);
    throw error;
  }
  if (begun.entries === 0) throw noArchive(undefined);
  helper.stdin.write(endRecord());
}

function noArchive(cause: unknown): TspodError {
  if (cause instanceof TspodError && cause.code === 'unsupported') return cause;
  return new TspodError('invalid', 'source must be a (compressed) tar archive when copying from stdin', {
    hint: cause === undefined ? 'nothing was in it' : describeError(cause),
    cause,
  });
}

function withFirst(first: Buffer | undefined): () => Promise<Buffer | undefined> {
  let isFirst = true;
  return async () => {
    if (!isFirst) return nextPiece();
    isFirst = false;
    return first;
  };
}

async function nextPiece(): Promise<Buffer | undefined> {
  const buffer = Buffer.allocUnsafe(PIECE);
  for (;;) {
    try {
      const length = readSync(0, buffer, 0, PIECE, null);
      return length === 0 ? undefined : buffer.subarray(0, length);
    } catch (error) {
      if (isErrno(error, 'EOF')) return undefined;
      if (!isErrno(error, 'EAGAIN')) throw error;
      await new Promise((resume) => setTimeout(resume, 2));
    }
  }
}

function drained({ stdin }: ChildProcessWithoutNullStreams): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stdin.off('drain', done).off('close', done).off('error', done);
      resolve();
    };
    stdin.on('drain', done).on('close', done).on('error', done);
  });
}

function endOf(helper: ChildProcessWithoutNullStreams): Promise<{ status: number; stderr: string }> {
  let stderr = '';
  // the helper may end before it has read everything: its own words say why
  helper.stdin.on('error', () => undefined);
  helper.stdout.resume();
  helper.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  return new Promise((resolve, reject) => {
    helper.on('error', reject);
    helper.on('close', (status) => resolve({ status: status ?? 125, stderr }));
  });
}
