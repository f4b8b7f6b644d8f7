import type { Context } from '../lib/context';
import { streamTree, writeTree } from '../runtime/layer-tree';
import { containerLayers } from './changes/container-layers';
import { findContainer } from './find';

/**
 * Writes the whole root file system of a container, whatever its state, to a file as a tar archive; without `path` to
 * standard output, and this process never returns.
 */
export function exportContainer(ctx: Context, name: string, path: string | undefined): void {
  const layers = containerLayers(ctx, findContainer(ctx, name));
  if (path === undefined) streamTree(ctx, layers);
  writeTree(ctx, layers, path);
}
