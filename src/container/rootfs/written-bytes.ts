import type { Context } from '../../lib/context';
import { containerPaths } from '../paths';
import { loadRecordIfWhole } from '../find';
import { measuredLayer } from './container-disk';
import { measure } from './measure';

/** How many bytes each container has written into its own layer, by full id; one run of the helper for all. */
export function writtenBytes(ctx: Context, ids: readonly string[]): Map<string, number> {
  const trees = ids.map((id) => {
    const record = loadRecordIfWhole(ctx, id);
    return record ? measuredLayer(ctx, record) : containerPaths(ctx, id).upper;
  });
  const sizes = measure(ctx, trees);
  return new Map(ids.map((id, index) => [id, sizes[index] ?? 0]));
}
