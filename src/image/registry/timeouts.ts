/** How long a registry may take, in ms. */
export interface Timeouts {
  /** For a connection, TLS included. */
  connect: number;
  /** Without a byte in either direction. */
  silence: number;
  /** Fewer bytes of an answer than this, in the time of `silence`, are as good as none. */
  least: number;
  /** For the answer to a complete upload: the registry may be reading all of it again. */
  commit: number;
}

/**
 * What Podman's HTTP client waits for a connection; it waits for bytes without end. Six layers at once over a modem of 9600
 * bits a second are 12 KB a minute each: not too slow.
 */
export const defaultTimeouts: Timeouts = { connect: 30_000, silence: 60_000, least: 4096, commit: 600_000 };
