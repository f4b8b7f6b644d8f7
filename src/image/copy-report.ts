/** How far a blob is on its way. Sizes in bytes. */
export interface BlobEvent {
  kind: 'blob';
  digest: string;
  /** What it is called while its digest is not known. */
  name?: string;
  size: number;
  got: number;
  state: BlobState;
}

/** What is being done with a blob. */
export type BlobState = 'waiting' | 'copying' | 'done' | 'skipped';

/** Who is told of copying. */
export interface CopyReport {
  /** Told of each step. */
  note: (line: string) => void;
  /** Told how far blobs are, instead of a line for each. */
  progress?: (event: BlobEvent) => void;
}

/** Copies a blob and tells of it: by a line before it, or by how much of it has been read. */
export async function tellCopy<T>(
  { note, progress }: CopyReport,
  { digest, size }: { digest: string; size: number },
  copy: (onRead?: (got: number) => void) => Promise<T>,
): Promise<T> {
  if (progress === undefined) {
    note(`Copying blob ${digest}`);
    return copy();
  }
  const tell = (got: number, state: BlobEvent['state']): void =>
    progress({ kind: 'blob', digest, size, got, state });
  tell(0, 'copying');
  const copied = await copy((got) => tell(got, 'copying'));
  tell(size, 'done');
  return copied;
}
