import { parseImageFilters } from '../image/list/image-filters';
import { imageUsage } from '../image/list/image-usage';
import { pruneImages } from '../image/remove/prune-images';
import type { Context } from '../lib/context';
import { defaultNetworkName } from '../network/record/default-network';
import { parseNetworkFilters, PRUNE_NETWORK_FILTERS } from '../network/record/network-filters';
import { listNetworks } from '../network/record/network-record';
import { removeVolumes } from '../volume/remove-volume';
import { parseVolumeFilters } from '../volume/volume-filters';
import { diskUsage } from './rootfs/disk-usage';
import { parseContainerFilters, PRUNE_FILTERS } from './list/filters';
import { networkUsers } from './networks/network-users';
import { pruneNetworks } from './networks/remove-network';
import { removeContainers } from './remove';

/** What `system prune` is to take. */
export interface PruneRequest {
  /** All images without a container, not only those without a name. */
  all: boolean;
  volumes: boolean;
  /** `key=value`: label, label!, until. */
  filters: readonly string[];
}

/** What went: ids and names, and the sum of its file sizes in bytes. */
export interface PrunedStore {
  containers: string[];
  networks: string[];
  volumes: string[];
  images: string[];
  bytes: number;
  failures: unknown[];
}

/** Throws 'usage' for a filter that cannot be applied to everything that is pruned. */
export function checkPruneFilters(ctx: Context, filters: readonly string[]): void {
  parseContainerFilters(ctx, filters, PRUNE_FILTERS);
  parseImageFilters(ctx, filters);
  parseVolumeFilters(ctx, filters);
  parseNetworkFilters(filters, PRUNE_NETWORK_FILTERS);
}

/** Removes containers that do not run, then networks, volumes (when asked for) and images that no container uses. */
export async function pruneStore(ctx: Context, request: PruneRequest): Promise<PrunedStore> {
  const containers = await pruneContainers(ctx, request.filters);
  const networks = pruneUnusedNetworks(ctx, request.filters);
  const volumes = request.volumes ? pruneVolumes(ctx, request.filters) : { names: [], bytes: 0 };
  const before = imageUsage(ctx).size;
  const filter = parseImageFilters(ctx, request.filters);
  const images = await pruneImages(ctx, { all: request.all, filter });
  return {
    containers: containers.ids,
    networks,
    volumes: volumes.names,
    images: images.removed,
    bytes: containers.bytes + volumes.bytes + before - imageUsage(ctx).size,
    failures: [...containers.failures, ...images.failures],
  };
}

function pruneUnusedNetworks(ctx: Context, filters: readonly string[]): string[] {
  const matches = parseNetworkFilters(filters, PRUNE_NETWORK_FILTERS);
  const users = networkUsers(ctx);
  const isUsed = (name: string): boolean => users.has(name);
  const unused = listNetworks(ctx).filter(
    (network) =>
      !isUsed(network.name) && network.name !== defaultNetworkName(ctx) && matches(network, { isUsed }),
  );
  return pruneNetworks(ctx, unused);
}

async function pruneContainers(
  ctx: Context,
  filters: readonly string[],
): Promise<{ ids: string[]; bytes: number; failures: unknown[] }> {
  const matches = parseContainerFilters(ctx, filters, PRUNE_FILTERS);
  const usage = diskUsage(ctx).containers.filter(
    ({ isActive, container }) => !isActive && matches(container),
  );
  const ids = usage.map(({ container }) => container.record.id);
  const { removed, failures } = await removeContainers(ctx, ids);
  const gone = usage.filter(({ container }) => removed.includes(container.record.id));
  return { ids: removed, bytes: gone.reduce((sum, { size }) => sum + size, 0), failures };
}

function pruneVolumes(ctx: Context, filters: readonly string[]): { names: string[]; bytes: number } {
  const matches = parseVolumeFilters(ctx, filters);
  const unused = diskUsage(ctx).volumes.filter(
    ({ volume, links }) => links === 0 && matches(volume, { isUsed: () => false }),
  );
  const names = unused.map(({ volume }) => volume.name);
  removeVolumes(ctx, names, { pruned: true });
  return { names, bytes: unused.reduce((sum, { size }) => sum + size, 0) };
}
