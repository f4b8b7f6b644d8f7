import { TspodError } from '../lib/errors';
import { sha256 } from '../sys/sha256';

/** The hexadecimal part of a digest `sha256:...`. Error `invalid`: it is malformed, or of another algorithm. */
export function digestHex(digest: string): string {
  const match = /^sha256:([0-9a-f]{64})$/.exec(digest);
  if (match?.[1] !== undefined) return match[1];
  throw new TspodError(
    'invalid',
    `digest ${JSON.stringify(digest)} is not of the form sha256:<64 hexadecimal digits>`,
  );
}

/** The digest of `data`. */
export function digestOf(data: Buffer | string): string {
  return `sha256:${sha256(data)}`;
}

/** The chain ids of layers, from bottom to top, from their diff IDs in that order (OCI image spec, "Layer ChainID"). */
export function chainIdsOf(diffIds: readonly string[]): string[] {
  const chain: string[] = [];
  for (const diffId of diffIds) {
    digestHex(diffId);
    const below = chain.at(-1);
    chain.push(below === undefined ? diffId : digestOf(`${below} ${diffId}`));
  }
  return chain;
}
