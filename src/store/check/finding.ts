/** Who suffers from what is wrong, as the user knows it: by name, or the start of an id; of builds, their `cache`. */
export interface Owner {
  kind: 'image' | 'container' | 'volume' | 'build';
  name: string;
}

/** Something in the store that is not as it should be. */
export interface Finding {
  /** One line: what it is, and how it differs. */
  text: string;
  /** Empty of what is left over. */
  owners: readonly Owner[];
  /** Puts it in order from what the store has; absent where it cannot. Throws when that fails. */
  mend?: () => Promise<void> | void;
  /** Takes away what is altered and cannot be mended, so that it is brought anew and not taken for good. */
  discard?: () => void;
  /** What the user has to do where it cannot be mended. */
  cure?: string;
}

/** How thorough a check is. */
export interface CheckOptions {
  /** Leaves out what has to read every byte: digests and contents. */
  quick: boolean;
  /** Milliseconds for which nobody has needed something, and it is not told of. */
  maxAge: number;
}
