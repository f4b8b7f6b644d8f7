/** What a member of an archive is. */
export type TarEntryType =
  'file' | 'directory' | 'symlink' | 'hard-link' | 'character-device' | 'block-device' | 'fifo';

/** A part of a sparse file that has data; everything else reads as zeros. Bytes. */
export interface SparseSegment {
  offset: number;
  length: number;
}

/**
 * A member of an archive. File names are bytes: `path`, `linkPath` and the names of xattrs hold one byte per
 * character (latin1); `displayPath` makes them readable, `Buffer.from(path, 'latin1')` usable.
 */
export interface TarEntry {
  type: TarEntryType;
  path: string;
  /** Of symbolic and hard links; else empty. */
  linkPath: string;
  /** Size of the file as it is read, in bytes; 0 of everything that is not a file. */
  size: number;
  /** Bytes in the archive; less than `size` when it is sparse. */
  storedSize: number;
  /** Permission bits, 07777. */
  mode: number;
  uid: number;
  gid: number;
  /** Modification time since the epoch: whole seconds, and nanoseconds within the second. */
  mtime: { seconds: number; nanoseconds: number };
  major: number;
  minor: number;
  xattrs: Map<string, Buffer>;
  /** The stored bytes go here, one segment after the other; undefined when the file is not sparse. */
  sparse: SparseSegment[] | undefined;
}

/** A path of an archive for messages: UTF-8 where it is, quoted, without control characters. */
export function displayPath(path: string): string {
  const text = Buffer.from(path, 'latin1').toString('utf8');
  const shown = text.length > 200 ? `${text.slice(0, 200)}...` : text;
  return JSON.stringify(shown);
}
