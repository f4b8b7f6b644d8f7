import type { FileRange } from '../../store/file-range';

/** An image as an archive holds it: nothing of it has been verified but what is said here. */
export interface ArchivedImage {
  /** Its full names. */
  names: string[];
  /** The bytes of the configuration; their digest is the image's id. */
  config: Buffer;
  /** The manifest's bytes where the archive has one, verified against the descriptor that led to it. */
  manifest: { bytes: Buffer; mediaType: string } | undefined;
  /** From bottom to top. */
  layers: ArchivedLayer[];
}

/** A layer's archive. */
export interface ArchivedLayer {
  range: FileRange;
  /** What the manifest says of it. */
  expected?: { digest: string; size: number; mediaType: string };
}
