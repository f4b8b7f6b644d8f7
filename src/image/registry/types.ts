import type { Timeouts } from './timeouts';

/** How a registry is talked to: the options that `pull`, `push`, `login` and `search` share. */
export interface RegistryOptions {
  /** `--authfile`: read instead of the files that are looked for by default. */
  authFile?: string;
  /** `--creds`: used instead of any file. */
  credentials?: { username: string; password: string };
  /** `--cert-dir`: read instead of certs.d. */
  certDir?: string;
  /** `--tls-verify`; absent: as registries.conf says. */
  tlsVerify?: boolean;
  /** `--retry`: how often a request is made again after a failure that may pass; 3 by default. */
  retry?: number;
  /** `--retry-delay` in ms between two attempts; without it the delay doubles from one second on. */
  retryDelay?: number;
  /** Blobs on their way at the same time; 6 by default. */
  atOnce?: number;
  /** Ends what is under way: the promise then fails with the signal's reason. */
  signal?: AbortSignal;
  /** Instead of `defaultTimeouts`. */
  timeouts?: Partial<Timeouts>;
}

/** A manifest as the registry sent it, byte for byte. */
export interface RemoteManifest {
  bytes: Buffer;
  /** From the header, or the manifest's own field where the header says nothing of use. */
  mediaType: string;
  /** `sha256:...` of `bytes`. */
  digest: string;
}

/** What a registry says of a manifest without sending it. Size in bytes. */
export interface ManifestHead {
  digest: string;
  mediaType: string;
  size: number;
}

/** Bytes as they come. */
export interface ByteStream extends AsyncIterable<Buffer> {
  /**
   * Hands over one piece after the other, which costs less than iterating; resolves after the last one. What `take` throws ends it,
   * and is thrown.
   */
  each?(take: (piece: Buffer) => void): Promise<void>;
}

/** A blob to upload. */
export interface BlobUpload {
  digest: string;
  /** Bytes. */
  size: number;
  /** The bytes from an offset on; called again when an upload goes on after a broken connection. */
  open(from: number): AsyncIterable<Buffer>;
}

/**
 * One repository at one endpoint. Nothing is contacted before the first call; every call authenticates as the
 * registry asks, and tries again after failures that may pass. Errors: `not-found`, `denied` (401, 403), `network`
 * (not reachable, 429, 5xx, timeout, certificate), `invalid` (an answer that makes no sense).
 */
export interface Repository {
  /** `host[:port]/path` that is contacted: a mirror's where it is one. */
  readonly name: string;
  /** By tag or digest; the bytes are verified against a digest. At most 4 MiB. */
  manifest(reference: string): Promise<RemoteManifest>;
  /** Undefined where there is none. */
  headManifest(reference: string): Promise<ManifestHead | undefined>;
  putManifest(reference: string, bytes: Buffer, mediaType: string): Promise<void>;
  deleteManifest(digest: string): Promise<void>;
  /**
   * The bytes of a blob, from offset `from` on; `from` of the answer is 0 where the registry ignores ranges.
   * They are NOT verified, and the stream fails when the connection breaks: ask again from where it ended.
   * `size`: bytes that are to come, where the registry says.
   */
  blob(
    digest: string,
    from?: number,
  ): Promise<{ stream: ByteStream; from: number; size: number | undefined }>;
  /** Its size in bytes; undefined where the repository has no such blob. */
  hasBlob(digest: string): Promise<number | undefined>;
  /** Whether the blob could be taken over from `fromPath`, a repository of the same registry. */
  mountBlob(digest: string, fromPath: string): Promise<boolean>;
  /** Uploads a blob; goes on where it was when the connection breaks. */
  putBlob(blob: BlobUpload): Promise<void>;
  /** All tags, in the registry's order. */
  tags(): Promise<string[]>;
}
