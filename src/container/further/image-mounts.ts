import { chmodSync, mkdirSync, statSync } from 'node:fs';
import type { Context } from '../../lib/context';
import type { Plan } from '../../runtime/plan';
import { layerPath, storePaths } from '../../store/store-paths';
import { clearFolder } from '../rootfs/clear-folder';
import { createLayers } from '../create/create-layers';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';
import { addOverlay } from '../rootfs/rootfs-ops';

/** The images that a container mounts, each put together anew below its directory: what was written is thrown away. */
export function addImageMounts(plan: Plan, ctx: Context, record: ContainerRecord): void {
  for (const [index, mount] of record.options.mounts.entries()) {
    if (mount.kind !== 'image') continue;
    const folder = `${containerPaths(ctx, record.id).directory}/image-${index}`;
    const layers = mount.chainIds.map((chain) => `${layerPath(storePaths(ctx), chain)}/diff`);
    const paths = { upper: `${folder}/upper`, work: `${folder}/work`, merged: `${folder}/merged` };
    clearFolder(ctx, folder);
    for (const path of Object.values(paths)) mkdirSync(path, { recursive: true, mode: 0o755 });
    if (layers[0] !== undefined) chmodSync(paths.upper, statSync(layers[0]).mode & 0o7777);
    const { lowers, dataLowers } = createLayers(ctx, { layers, chainIds: mount.chainIds }, record.idMaps);
    const idMaps = record.idMaps === undefined ? {} : { idMaps: record.idMaps };
    addOverlay(plan, ctx, { lowers, dataLowers, ...idMaps, paths, isTemporary: true });
  }
}
