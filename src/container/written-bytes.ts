import type { Context } from '../lib/context';
import { treeSizes } from '../runtime/tree';
import { containerPaths } from './paths';

/** How many bytes each container has written into its own layer, by full id; one run of the helper for all. */
export function writtenBytes(ctx: Context, ids: readonly string[]): Map<string, number> {
  const sizes = treeSizes(
    ctx,
    ids.map((id) => containerPaths(ctx, id).upper),
  );
  return new Map(ids.map((id, index) => [id, sizes[index]?.apparent ?? 0]));
}
