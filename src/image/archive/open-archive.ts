import { closeSync, fstatSync, openSync, readSync, statSync, unlinkSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import { detectCompression } from '../../store/compression';
import { decompress } from '../../store/decompress';
import type { ReadNext } from '../../store/decompress';
import { createSpaceGuard } from '../../store/layer/space-guard';
import type { Staging } from '../../store/staging';
import { parseHeaderBlock } from '../../store/tar/header-block';
import { writeFully } from '../../sys/file-io';
import { openDirectoryFiles, openTarFiles } from './archive-files';
import type { ArchiveFiles } from './archive-files';
import type { ArchivedImage } from './archived-image';
import { checkSource } from './check-source';
import type { SourceTransport } from './check-source';
import { isDirArchive, readDirArchive } from './dir-archive';
import { readDockerArchive } from './docker-archive';
import { readOciArchive } from './oci-archive';

/** The images of an archive; closing it ends the reading of their layers. */
export interface OpenArchive {
  images: ArchivedImage[];
  close(): void;
}

/**
 * Opens a docker-archive, an oci-archive, an OCI directory or one of the transport `dir:`; `path` undefined is standard input. What is compressed
 * or comes through a pipe is first spooled into the staging directory, because images refer back and forth in it. Errors:
 * `invalid`, and `denied` or `unsupported` where policy.json does not accept what it is.
 */
export async function openArchive(
  ctx: Context,
  { path, policyFile }: { path: string | undefined; policyFile?: string | undefined },
  staging: Staging,
): Promise<OpenArchive> {
  const isDirectory = path !== undefined && statSync(path).isDirectory();
  const files = isDirectory ? openDirectoryFiles(path) : openTarFiles(await openPlainFile(path, staging));
  try {
    const { transport, read } = formatOf(files, isDirectory);
    // what comes with the program is as good as the program
    if (path !== ctx.paths.embeddedImage) checkSource(ctx, { transport, path, policyFile });
    return { images: read(files), close: () => files.close() };
  } catch (error) {
    files.close();
    throw error;
  }
}

interface ArchiveFormat {
  transport: SourceTransport;
  read: (files: ArchiveFiles) => ArchivedImage[];
}

function formatOf(files: ArchiveFiles, isDirectory: boolean): ArchiveFormat {
  if (files.find('index.json') !== undefined && files.find('oci-layout') !== undefined)
    return { transport: isDirectory ? 'oci' : 'oci-archive', read: (of) => readOciArchive(of) };
  if (isDirArchive(files)) return { transport: 'dir', read: (of) => readDirArchive(of) };
  if (files.find('manifest.json') !== undefined)
    return { transport: 'docker-archive', read: readDockerArchive };
  throw new TspodError(
    'invalid',
    'not an image archive: it has neither index.json and oci-layout nor manifest.json',
    {
      hint: 'a root file system is made an image by "tspod import"',
    },
  );
}

/** A descriptor of the uncompressed archive that can be read at any place. */
export async function openPlainFile(path: string | undefined, staging: Staging): Promise<number> {
  const descriptor = path === undefined ? 0 : openSync(path, 'r');
  let isPlain = false;
  try {
    const next = readPieces(descriptor);
    const first = next();
    if (first === undefined) throw new TspodError('invalid', 'the archive is empty');
    const compression = detectCompression(first);
    isPlain = compression === 'none' && path !== undefined && fstatSync(descriptor).isFile();
    return isPlain ? descriptor : await spool(decompress(compression, startingWith(first, next)), staging);
  } finally {
    if (path !== undefined && !isPlain) closeSync(descriptor);
  }
}

function startingWith(first: Buffer, next: ReadNext): ReadNext {
  let pending: Buffer | undefined = first;
  return () => {
    const piece = pending ?? next();
    pending = undefined;
    return piece;
  };
}

async function spool(chunks: AsyncIterable<Buffer>, staging: Staging): Promise<number> {
  const file = `${staging.path}/spool`;
  const descriptor = openSync(file, 'wx+', 0o600);
  unlinkSync(file);
  const space = createSpaceGuard(staging.path);
  let isFirst = true;
  try {
    for await (const chunk of chunks) {
      // what is no archive may have no end
      if (isFirst && chunk.length >= 512) parseHeaderBlock(chunk.subarray(0, 512));
      isFirst = false;
      space.take(chunk.length);
      writeFully(descriptor, chunk);
    }
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw wrapError('reading the archive', error);
  }
}

/** Reads a file or a pipe from where it stands; waits for a pipe that has been made non-blocking. */
function readPieces(descriptor: number): ReadNext {
  return () => {
    const buffer = Buffer.allocUnsafe(1 << 18);
    for (;;) {
      try {
        const length = readSync(descriptor, buffer, 0, buffer.length, null);
        return length === 0 ? undefined : buffer.subarray(0, length);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EOF') return undefined;
        if (code !== 'EAGAIN') throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      }
    }
  };
}
