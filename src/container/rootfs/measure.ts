import type { Context } from '../../lib/context';
import { treeSizes } from '../../runtime/tree';

/** The sums of the file sizes of trees in bytes, in one run of the helper; numbers are known already. */
export function measure(ctx: Context, trees: readonly (string | number)[]): number[] {
  const paths = trees.filter((tree) => typeof tree === 'string');
  const sizes = treeSizes(ctx, paths).map(({ apparent }) => apparent);
  return trees.map((tree) => (typeof tree === 'number' ? tree : (sizes.shift() ?? 0)));
}
