import { TspodError, isErrno } from '../../lib/errors';
import type { TarEntry } from '../tar/entry';
import { makerError } from './maker-error';
import { UNPACK, UNPACK_ANSWER, UNPACK_IS_THERE, answerHeadSize } from './unpack-protocol';
import { encodeAttributes, encodeRecord, encodedLength } from './unpack-protocol';
import type { UnpackRecord } from './unpack-protocol';

/** The process that makes files (native/role_unpack.c), as seen from here. */
export interface MakerChannel {
  /** Hands bytes over, waiting while there is no room. Error `EPIPE`: nobody takes them any more. */
  send(data: Buffer): void;
  /** Fills `buffer` with what is answered, waiting for it; false at the end. */
  receive(buffer: Buffer): boolean;
  /** Ends the process, and returns when it has ended. */
  close(): void;
}

/**
 * Makes the files of layers, in the order of the calls and some time after them: `sync` waits. It follows no link and makes
 * nothing outside of the root; that what it is told makes sense is the caller's. Any call may throw what has gone wrong
 * with an earlier one; the error names the path. Paths are clean and hold one byte per character.
 */
export interface FileMaker {
  /** All that follows is about this directory, which is new. */
  begin(root: string): void;
  /** Everything but its times; `isThere` when it has been made before. */
  directory(path: string, entry: TarEntry, isThere: boolean): void;
  /** Opens a file; `data` and `end` are about it. */
  file(path: string, entry: TarEntry): void;
  data(chunk: Buffer, position: number): void;
  /** Closes it; with `size` its end may be a hole. */
  end(size?: number): void;
  symlink(path: string, entry: TarEntry): void;
  fifo(path: string, entry: TarEntry): void;
  hardLink(path: string, source: string): void;
  whiteout(path: string): void;
  opaque(path: string): void;
  /** Removes it with what is below it. */
  remove(path: string): void;
  times(path: string, entry: TarEntry): void;
  /** Waits until all of it is done; `warn` is told of attributes that were left out. */
  sync(warn: (message: string) => void): void;
  /** Whether an error comes from here, and names its path. */
  isOwn(error: unknown): boolean;
  /** Ends the process; what was not synced may or may not have been done. */
  close(): void;
}

/** So much is gathered before it is handed over, in bytes. */
const batchSize = 1 << 17;
/** Data of this length go their own way, without a copy. */
const largeData = 1 << 15;

/** A maker of files at the other end of a channel, which is closed with it. */
export function createFileMaker(channel: MakerChannel): FileMaker {
  const batch = Buffer.allocUnsafeSlow(batchSize);
  let filled = 0;
  let failure: Error | undefined;
  const answers = createAnswers(channel);

  function transmit(data: Buffer): void {
    if (failure !== undefined) throw failure;
    try {
      channel.send(data);
    } catch (error) {
      failure = isErrno(error, 'EPIPE') ? answers.failure() : (error as Error);
      throw failure;
    }
  }

  function flush(): void {
    if (filled === 0) return;
    const data = batch.subarray(0, filled);
    filled = 0;
    transmit(data);
  }

  function put(record: UnpackRecord): void {
    const length = encodedLength(record);
    if (filled + length > batchSize) flush();
    if (length <= batchSize) {
      filled = encodeRecord(record, batch, filled);
      return;
    }
    const own = Buffer.alloc(length);
    encodeRecord(record, own, 0);
    transmit(own);
  }

  function data(chunk: Buffer, position: number): void {
    put({ op: UNPACK.DATA, size: position, length: chunk.length });
    if (chunk.length >= largeData) {
      flush();
      transmit(chunk);
      return;
    }
    if (filled + chunk.length > batchSize) flush();
    filled += chunk.copy(batch, filled);
  }

  function sync(warn: (message: string) => void): void {
    put({ op: UNPACK.SYNC });
    flush();
    try {
      answers.done(warn);
    } catch (error) {
      failure = error as Error;
      throw error;
    }
  }

  return {
    begin: (root) => put({ op: UNPACK.ROOT, path: Buffer.from(root).toString('latin1') }),
    directory: (path, entry, isThere) =>
      put({ op: UNPACK.DIRECTORY, path, ...metadata(entry), flags: isThere ? UNPACK_IS_THERE : 0 }),
    file: (path, entry) =>
      put({ op: UNPACK.FILE, path, ...metadata(entry), size: entry.sparse === undefined ? entry.size : 0 }),
    data,
    end: (size = 0) => put({ op: UNPACK.END, size }),
    symlink: (path, entry) => put({ op: UNPACK.SYMLINK, path, link: entry.linkPath, ...metadata(entry) }),
    fifo: (path, entry) => put({ op: UNPACK.FIFO, path, ...metadata(entry) }),
    hardLink: (path, source) => put({ op: UNPACK.HARDLINK, path, link: source }),
    whiteout: (path) => put({ op: UNPACK.WHITEOUT, path }),
    opaque: (path) => put({ op: UNPACK.ATTRIBUTES, path, attributes: opaqueAttribute }),
    remove: (path) => put({ op: UNPACK.REMOVE, path }),
    times: (path, { mtime }) => put({ op: UNPACK.TIMES, path, mtime }),
    sync,
    isOwn: (error) => error === failure,
    close: () => channel.close(),
  };
}

const opaqueAttribute = encodeAttributes([['user.overlay.opaque', Buffer.from('y')]]);

type Metadata = Pick<UnpackRecord, 'mode' | 'uid' | 'gid' | 'mtime' | 'attributes'>;

function metadata({ mode, uid, gid, mtime, xattrs }: TarEntry): Metadata {
  const attributes = xattrs.size === 0 ? {} : { attributes: encodeAttributes(xattrs) };
  return { mode, uid, gid, mtime, ...attributes };
}

interface Answers {
  /** Reads on to the answer that all is done; throws when it is that something has failed. */
  done(warn: (message: string) => void): void;
  /** What has failed. */
  failure(): Error;
}

function createAnswers(channel: MakerChannel): Answers {
  function next(warn: (message: string) => void): boolean {
    const head = Buffer.alloc(answerHeadSize);
    if (!channel.receive(head)) throw new TspodError('state', 'the process that makes its files has ended');
    const kind = head.readUInt32LE(0);
    const text = Buffer.alloc(head.readUInt32LE(8));
    if (text.length > 0) channel.receive(text);
    const [first = '', reason = '', path = ''] = text.toString('latin1').split('\0');
    if (kind === UNPACK_ANSWER.FAILED)
      throw makerError({ errno: head.readInt32LE(4), action: first, reason, path });
    if (kind === UNPACK_ANSWER.WARNING)
      warn(`extended attribute ${JSON.stringify(first)} left out: ${reason.toLowerCase()}`);
    return kind === UNPACK_ANSWER.DONE;
  }
  return {
    done(warn) {
      while (!next(warn));
    },
    failure() {
      try {
        for (;;) next(() => undefined);
      } catch (error) {
        return error as Error;
      }
    },
  };
}
