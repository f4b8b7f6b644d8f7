import { closeSync, fstatSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { TspodError, wrapError } from '../../lib/errors';
import { randomId } from '../../lib/id';
import { createTarSink } from '../../store/sink/tar-sink';
import type { FileSink } from '../../store/sink/file-sink';
import type { Staging } from '../../store/staging';

/** Where an archive goes: undefined is standard output. */
export interface ArchiveTarget {
  path: string | undefined;
  /** False: an archive that is there already is an error. */
  replace: boolean;
  staging: Staging;
  /** Whether the caller ends in order at a signal. */
  hearsSignals?: boolean;
}

/**
 * Lets `fill` write a tar archive. A file appears when it is complete, in place of one that was there; a device or pipe
 * is written to as it comes. Errors: `exists`, and those of the system with the file's name.
 */
export async function writeArchive(
  { path, replace, staging, hearsSignals = false }: ArchiveTarget,
  fill: (sink: FileSink) => void | Promise<void>,
): Promise<void> {
  const spool = `${staging.path}/member`;
  if (path === undefined) return fill(createTarSink({ descriptor: 1, seekable: false, spool }));
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory()) throw new TspodError('usage', `"${path}" is a directory, not an archive`);
  if (there?.isFile() && there.size > 0 && !replace) {
    throw new TspodError('exists', `"${path}": docker-archive doesn't support modifying existing images`, {
      hint: 'remove the file first, or name another',
    });
  }
  const isPlain = there === undefined || there.isFile();
  const temporary = isPlain ? `${path}.${randomId().slice(0, 12)}` : path;
  // before the file is there: a signal may come as soon as somebody sees it
  const forget = isPlain && !hearsSignals ? removeAtSignal(temporary) : (): void => undefined;
  const descriptor = openForWriting(temporary, path, isPlain);
  try {
    const seekable = isPlain && fstatSync(descriptor).isFile();
    await fill(createTarSink({ descriptor, seekable, spool }));
    if (isPlain) renameSync(temporary, path);
  } catch (error) {
    if (isPlain) rmSync(temporary, { force: true });
    throw error;
  } finally {
    forget();
    closeSync(descriptor);
  }
}

/** A signal that ends this process takes the file away first; returns how to stop that. */
function removeAtSignal(file: string): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const remove = (signal: NodeJS.Signals): void => {
    rmSync(file, { force: true });
    forget();
    process.kill(process.pid, signal);
  };
  const forget = (): void => signals.forEach((signal) => process.removeListener(signal, remove));
  for (const signal of signals) process.once(signal, remove);
  return forget;
}

function openForWriting(temporary: string, path: string, isNew: boolean): number {
  try {
    return openSync(temporary, isNew ? 'wx' : 'w', 0o644);
  } catch (error) {
    // the temporary name says nothing to the user
    if (error instanceof Error && 'path' in error) Object.assign(error, { path });
    throw wrapError('opening the archive', error);
  }
}
