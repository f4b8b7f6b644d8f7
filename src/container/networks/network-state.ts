import { readFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { containerPaths } from '../paths';

/** What a container has in one network since its last start. */
export interface Foothold {
  network: string;
  networkId: string;
  /** The interface's name inside. */
  interface: string;
  /** With the prefix length. */
  addresses: string[];
  mac: string;
}

/** `network.json` beside the record: the addresses that a container keeps as long as it exists. */
export interface NetworkState {
  version: 1;
  feet: Foothold[];
}

/** Where it is. */
export function networkStatePath(ctx: Context, id: string): string {
  return `${containerPaths(ctx, id).directory}/network.json`;
}

/** The addresses of a container; none before its first start. A broken file is as good as none: addresses are chosen anew. */
export function readNetworkState(ctx: Context, id: string): NetworkState {
  try {
    const found = JSON.parse(readFileSync(networkStatePath(ctx, id), 'utf8')) as NetworkState;
    if (Array.isArray(found.feet)) return found;
  } catch {
    // as below
  }
  return { version: 1, feet: [] };
}
