import type { Context } from '../../lib/context';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';
import type { RootfsView } from '../rootfs/rootfs-view';

/** A stopped container's root as its directories show it. Layers with an id map of their own hold no data: those below do. */
export function rootView(ctx: Context, record: ContainerRecord): RootfsView {
  const { upper } = containerPaths(ctx, record.id);
  const { rootfs } = record.options;
  if (rootfs) return { directories: rootfs.overlay ? [upper, rootfs.directory] : [rootfs.directory] };
  const layers = record.dataLowers.length > 0 ? record.dataLowers : record.lowers;
  return { directories: [upper, ...layers.map((layer) => `${ctx.paths.root}/${layer}`)] };
}
