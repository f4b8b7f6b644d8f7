import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { pack } from 'tar-stream';
import type { Header } from 'tar-stream';
import { TspodError } from '../../lib/errors';
import { writePatiently } from '../../sys/patient-write';
import { copyVerified } from './file-sink';
import type { FileSink } from './file-sink';

/** What a tar archive is written to. */
export interface TarSinkTarget {
  descriptor: number;
  /** Whether what has been written can be written again; not so of a pipe, or a file that others append to. */
  seekable: boolean;
  /** A path that nobody else uses, for a file whose size is not known yet; only where it is not seekable. */
  spool: string;
}

const headerSize = 512;

/** Writes a tar archive whose members have no owner and no time, so that equal images give equal archives. */
export function createTarSink({ descriptor, seekable, spool }: TarSinkTarget): FileSink {
  let written = 0;
  const write = (data: Buffer): void => {
    writePatiently(descriptor, data);
    written += data.length;
  };
  const pad = (): void => write(Buffer.alloc((512 - (written % 512)) % 512));
  const sink: FileSink = {
    async addBytes(path, data) {
      write(await headerOf({ name: path, size: data.length }));
      write(data);
      pad();
    },
    async addRange(path, range, digest) {
      write(await headerOf({ name: path, size: range.size }));
      await copyVerified(range, digest, descriptor);
      written += range.size;
      pad();
    },
    async addStream(path, chunks) {
      if (!seekable) return addSpooled(sink, spool, { path, chunks });
      const at = written;
      write(Buffer.alloc(headerSize));
      const start = written;
      for await (const chunk of chunks) write(chunk);
      const header = await headerOf({ name: path, size: written - start });
      writeSync(descriptor, header, 0, header.length, at);
      pad();
    },
    async addDirectory(path) {
      write(await headerOf({ name: `${path}/`, size: 0, type: 'directory', mode: 0o755 }));
    },
    async addLink(path, target) {
      write(await headerOf({ name: path, size: 0, type: 'symlink', linkname: target, mode: 0o777 }));
    },
    finish: async () => write(Buffer.alloc(1024)),
  };
  return sink;
}

async function addSpooled(
  sink: FileSink,
  spool: string,
  { path, chunks }: { path: string; chunks: AsyncIterable<Buffer> },
): Promise<void> {
  const descriptor = openSync(spool, 'wx+', 0o600);
  unlinkSync(spool);
  try {
    let size = 0;
    for await (const chunk of chunks) {
      writePatiently(descriptor, chunk);
      size += chunk.length;
    }
    await sink.addRange(path, { descriptor, offset: 0, size });
  } finally {
    closeSync(descriptor);
  }
}

/** The header of one member, out of an archive that is not read further; names are short and of ASCII here. */
async function headerOf(member: Pick<Header, 'name'> & Partial<Header>): Promise<Buffer> {
  const archive = pack();
  archive.on('error', () => undefined);
  archive.entry({ mode: 0o444, uid: 0, gid: 0, mtime: new Date(0), ...member });
  for await (const chunk of archive) {
    if ((chunk as Buffer).length === headerSize) return chunk as Buffer;
    break;
  }
  throw new TspodError('unsupported', `the name "${member.name}" is too long for a tar archive`);
}
