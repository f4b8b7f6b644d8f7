import { statSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { containerIds } from '../find';
import { containerPaths } from '../paths';
import { isAlive, readState } from '../state/status';
import { networkStatePath, readNetworkState, type Foothold } from './network-state';

/** The places of other containers in networks, by the network's id and the address without prefix length, or the MAC address. */
export class OtherFeet {
  readonly #holders = new Map<string, string>();
  readonly #ctx: Context;

  constructor(ctx: Context, own: string) {
    this.#ctx = ctx;
    for (const id of containerIds(ctx)) {
      if (id === own) continue;
      for (const foot of readNetworkState(ctx, id).feet) this.#add(id, foot);
    }
  }

  /** The full id of the container that has it, or had it when it last ran. */
  holder(networkId: string, address: string): string | undefined {
    return this.#holders.get(`${networkId} ${address}`);
  }

  /** As holder(), but only of one that runs, or is just starting. */
  runningHolder(networkId: string, address: string): string | undefined {
    const id = this.holder(networkId, address);
    return id !== undefined && isRunning(this.#ctx, id) ? id : undefined;
  }

  /** Of several with one address the running one has it. */
  #add(id: string, { networkId, addresses, mac }: Foothold): void {
    for (const text of [...addresses.map((address) => address.replace(/\/.*/, '')), mac]) {
      const key = `${networkId} ${text}`;
      const other = this.#holders.get(key);
      if (other === undefined || !isRunning(this.#ctx, other)) this.#holders.set(key, id);
    }
  }
}

/** Milliseconds in which a start has either got a monitor or has failed. */
const STARTING = 20_000;

/** Between the choice of its addresses and the first word of its monitor a container is starting. */
function isRunning(ctx: Context, id: string): boolean {
  if (isAlive(readState(ctx, id))) return true;
  const chosen = modified(networkStatePath(ctx, id));
  return chosen > modified(containerPaths(ctx, id).status) && Date.now() - chosen < STARTING;
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
