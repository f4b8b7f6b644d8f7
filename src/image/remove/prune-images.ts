import type { Context } from '../../lib/context';
import type { ImageFilter } from '../list/image-filters';
import { listImages } from '../list/list-images';
import { removeImage, removeUnusedContent } from './remove-image';

/** Which images are to go. */
export interface PruneChoice {
  /** Also those that have a name. */
  all: boolean;
  filter: ImageFilter;
}

/** What went, and what did not. */
export interface PrunedImages {
  /** Full ids. */
  removed: string[];
  failures: unknown[];
}

/** Removes images that no container uses: those without a name, or all. */
export async function pruneImages(ctx: Context, { all, filter }: PruneChoice): Promise<PrunedImages> {
  const pruned: PrunedImages = { removed: [], failures: [] };
  const options = { force: false, wholeImage: true, removeContainers: () => Promise.resolve() };
  for (const image of listImages(ctx)) {
    if (image.containers > 0 || (!all && image.names.length > 0) || !filter(image)) continue;
    try {
      await removeImage(ctx, image.id, options);
      pruned.removed.push(image.id);
    } catch (error) {
      pruned.failures.push(error);
    }
  }
  // also when nothing went: killed commands may have left something
  removeUnusedContent(ctx);
  return pruned;
}
