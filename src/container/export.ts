import type { Context } from '../lib/context';
import { streamTree, writeTree } from '../runtime/layer-tree';
import { containerLayers } from './changes/container-layers';
import { findContainer } from './find';
import { recordContainerEvent } from './container-events';

/**
 * Writes the whole root file system of a container, whatever its state, to a file as a tar archive; without `path` to
 * standard output, and this process never returns.
 */
export async function exportContainer(ctx: Context, name: string, path: string | undefined): Promise<void> {
  const record = findContainer(ctx, name);
  const layers = containerLayers(ctx, record);
  // Podman's word for it
  recordContainerEvent(ctx, record, 'mount');
  if (path === undefined) await ctx.flushEvents?.();
  if (path === undefined) streamTree(ctx, layers);
  writeTree(ctx, layers, path);
}
