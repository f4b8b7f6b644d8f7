import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { defaultNetworkName } from '../../network/record/default-network';
import { findNetwork, type NetworkRecord } from '../../network/record/network-record';
import { removeNetworkFile, withNetworksLock } from '../../network/record/write-network';
import { openStore } from '../../store/open-store';
import { recordEvent } from '../../store/events/record-event';
import { removeContainers } from '../remove';
import { throwFailures } from '../select';
import { networkUsers } from './network-users';

/**
 * Removes a network that no container is connected to; with `force` its containers go first. Throws 'in-use' with the names of
 * these, 'not-found' for one that is missing.
 */
export async function removeNetwork(
  ctx: Context,
  text: string,
  options: { force: boolean; timeout?: number | undefined },
): Promise<void> {
  const network = findWanted(ctx, text);
  if (network.name === defaultNetworkName(ctx))
    throw new TspodError('usage', `default network ${network.name} cannot be removed`);
  if (options.force) {
    const ids = (networkUsers(ctx).get(network.name) ?? []).map(({ id }) => id);
    if (ids.length > 0)
      throwFailures((await removeContainers(ctx, ids, { force: true, timeout: options.timeout })).failures);
  }
  if (!removeUnused(ctx, network)) throw inUse(ctx, network);
}

/** Removes the networks that no container is connected to and `matches` holds for; returns their names. */
export function pruneNetworks(ctx: Context, networks: readonly NetworkRecord[]): string[] {
  return networks
    .filter((network) => network.name !== defaultNetworkName(ctx) && removeUnused(ctx, network))
    .map(({ name }) => name);
}

/** Who starts meanwhile waits for the lock, and then finds no network. */
function removeUnused(ctx: Context, network: NetworkRecord): boolean {
  openStore(ctx);
  const isGone = withNetworksLock(ctx, () => {
    if (networkUsers(ctx).has(network.name)) return false;
    removeNetworkFile(ctx, network);
    return true;
  });
  if (isGone)
    recordEvent(ctx, {
      type: 'network',
      status: 'remove',
      id: network.id,
      network: network.name,
      attributes: { driver: network.driver },
    });
  return isGone;
}

function findWanted(ctx: Context, text: string): NetworkRecord {
  try {
    return findNetwork(ctx, text);
  } catch (error) {
    if (!(error instanceof TspodError) || error.code !== 'not-found') throw error;
    throw new TspodError('not-found', error.message, { exitCode: 1, hint: 'see "tspod network ls"' });
  }
}

function inUse(ctx: Context, { name }: NetworkRecord): TspodError {
  const users = (networkUsers(ctx).get(name) ?? []).map((record) => record.name).sort();
  const message = `"${name}" has associated containers with it: ${users.join(', ')}. Use -f to forcibly delete containers and pods: network is being used`;
  return new TspodError('in-use', message, {
    exitCode: 2,
    hint: `remove the containers first: tspod rm ${users.join(' ')}`,
  });
}
