import { lstatSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { streamTree, writeTree, type LayerDirectory } from '../../runtime/layer-tree';
import { volumeData, volumeMount } from '../../volume/volume-backing';
import { findVolume, type VolumeRecord } from '../../volume/volume-record';

/**
 * Writes what is in a volume to a file as a tar archive, with owners, modes, attributes and links; without `path` to standard
 * output, and this process never returns. Throws 'not-found'.
 */
export async function exportVolume(ctx: Context, name: string, path: string | undefined): Promise<void> {
  const volume = findVolume(ctx, name, 125);
  const mount = volumeMount(ctx, volume);
  const tree: LayerDirectory = { path: checkedData(ctx, volume), ...(mount ? { shared: { mount } } : {}) };
  if (path !== undefined) return void writeTree(ctx, [tree], path);
  await ctx.flushEvents?.();
  return streamTree(ctx, [tree]);
}

/** Where a volume's content is. Error `invalid`: somebody has put a link there, which may lead anywhere. */
export function checkedData(ctx: Context, volume: VolumeRecord): string {
  const path = volumeData(ctx, volume);
  if (volume.backing?.kind === 'bind' || lstatSync(path).isDirectory()) return path;
  throw new TspodError(
    'invalid',
    `volume "${volume.name}": "${path}" is not a directory: its content is not read`,
    {
      hint: `look what is there, and remove it: tspod volume rm ${volume.name}`,
    },
  );
}
