import type { ImageFetch } from '../image/find/ensure-image';
import { resolveImage } from '../image/find/resolve';
import type { Context } from '../lib/context';
import type { NetworkMode } from '../network/types';
import { createContainer } from './create/create';
import { chooseName } from './create/create-name';
import { idOfName } from './find';
import { checkLimits, withoutNone } from './options/parse-limits';
import type { ContainerOptions, ContainerRecord, Limits } from './record';

/** How a copy differs from its original. */
export interface CloneChanges {
  /** Absent: `NAME-clone`, with a number where that is taken. */
  name?: string | undefined;
  /** Absent: the original's. */
  image?: string | undefined;
  fetch: ImageFetch;
  /** From parseLimitChanges(). */
  limits: Limits;
}

/**
 * Makes a container with the options of another one. Volumes with a name are shared, anonymous ones are made anew; files for ids
 * stay the original's. Throws as createContainer().
 */
export async function cloneContainer(
  ctx: Context,
  original: ContainerRecord,
  { name, image, fetch, limits }: CloneChanges,
): Promise<ContainerRecord> {
  const {
    cidFile: _cid,
    pidFile: _pid,
    monitorPidFile: _monitor,
    volumesFrom: _from,
    ...options
  } = original.options;
  const asked: ContainerOptions = {
    ...options,
    name: chooseName(ctx, name ?? cloneName(ctx, original.name)),
    image: image ?? imageOf(ctx, original),
    network: withoutAddresses(options.network),
    limits: changedLimits(options.limits, limits),
    mounts: options.mounts.map((mount) =>
      mount.kind === 'volume' && mount.anonymous ? { ...mount, name: '' } : mount,
    ),
  };
  return createContainer(ctx, asked, original.createCommand, { fetch });
}

/** Static addresses are the original's own. */
function withoutAddresses(network: NetworkMode): NetworkMode {
  if (network.kind !== 'bridge') return network;
  return {
    kind: 'bridge',
    networks: network.networks.map(({ mac: _mac, ...ask }) => ({ ...ask, addresses: [] })),
  };
}

function cloneName(ctx: Context, name: string): string {
  const first = `${name}-clone`;
  let free = first;
  for (let number = 1; idOfName(ctx, free) !== undefined; number++) free = `${first}${number}`;
  return free;
}

/** What was typed may name another image by now. */
function imageOf(ctx: Context, { options, imageId }: ContainerRecord): string {
  if (options.rootfs) return options.image;
  return resolveImage(ctx, options.image)?.id === imageId ? options.image : imageId;
}

function changedLimits(before: Limits, changes: Limits): Limits {
  const limits = withoutNone({ ...before, ...changes });
  if (changes.pids !== undefined) delete limits.pidsIsDefault;
  checkLimits(limits);
  return limits;
}
