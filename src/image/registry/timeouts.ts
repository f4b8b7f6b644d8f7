/** How long a registry may take, in ms. */
export interface Timeouts {
  /** For a connection, TLS included. */
  connect: number;
  /** Without a byte in either direction. */
  silence: number;
  /** For the answer to a complete upload: the registry may be reading all of it again. */
  commit: number;
}

/** What Podman's HTTP client waits for a connection, and more patience than it for the rest. */
export const defaultTimeouts: Timeouts = { connect: 30_000, silence: 60_000, commit: 600_000 };
