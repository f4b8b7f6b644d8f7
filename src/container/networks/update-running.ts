import type { Context } from '../../lib/context';
import { updateNetwork, type NetworkChanges } from '../../network/record/update-network';
import { isAlive, readState } from '../state/status';
import { reloadNetworks } from './change-networks';
import { networkUsers } from './network-users';

/** Changes the name servers of a network, for the containers that run in it, too. Throws as updateNetwork() and reloadNetworks(). */
export async function updateRunning(ctx: Context, text: string, changes: NetworkChanges): Promise<void> {
  const { name } = updateNetwork(ctx, text, changes);
  for (const { id } of networkUsers(ctx).get(name) ?? []) {
    if (isAlive(readState(ctx, id))) await reloadNetworks(ctx, id);
  }
}
