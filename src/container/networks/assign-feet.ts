import { renameSync, writeFileSync } from 'node:fs';
import { TspodError } from '../../lib/errors';
import type { Context } from '../../lib/context';
import { addressIn, chooseAddress, isUsable } from '../../network/choose-address';
import type { NetworkSettings, Subnet } from '../../network/bridge-types';
import { macAddress } from '../../network/mac-address';
import { findNetwork } from '../../network/record/network-record';
import { networkSettings } from '../../network/record/network-settings';
import { withNetworksLock } from '../../network/record/write-network';
import type { NetworkAsk } from '../../network/types';
import { loadRecordIfWhole } from '../find';
import type { ContainerRecord } from '../record';
import { networkStatePath, readNetworkState, type Foothold } from './network-state';
import { OtherFeet } from './other-feet';

/** A place in a network, with what the network is. */
export interface AssignedFoot {
  ask: NetworkAsk;
  network: NetworkSettings;
  foothold: Foothold;
}

/**
 * Chooses the addresses of a container for its next start and keeps them: what was asked for, else those of its last start, else free ones. Of
 * several starts at once each gets its own. Throws 'in-use' for one that a running container has, or when there is none left; 'not-found' for a
 * network that is gone.
 */
export function assignFeet(
  ctx: Context,
  record: ContainerRecord,
  asks: readonly NetworkAsk[],
): AssignedFoot[] {
  return withNetworksLock(ctx, () => {
    const others = new OtherFeet(ctx, record.id);
    const before = readNetworkState(ctx, record.id).feet;
    const names = interfaceNames(asks, before);
    const feet = asks.map((ask, index): AssignedFoot => {
      const network = networkSettings(findNetwork(ctx, ask.name));
      const last = before.find(({ networkId }) => networkId === network.id);
      const choice = new Choice(ctx, { ask, network, others, last });
      return { ask, network, foothold: choice.foothold(names[index] ?? `eth${index}`) };
    });
    keep(ctx, record, feet);
    return feet;
  });
}

/** Without `sync`: after a power loss addresses are chosen anew. */
function keep(ctx: Context, { id }: ContainerRecord, feet: readonly AssignedFoot[]): void {
  const path = networkStatePath(ctx, id);
  const state = { version: 1, feet: feet.map(({ foothold }) => foothold) };
  writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Those asked for, those of the last start, and the first free ones. */
function interfaceNames(asks: readonly NetworkAsk[], before: readonly Foothold[]): string[] {
  const used = new Set(asks.flatMap((ask) => ask.interface ?? []));
  const take = (name: string): string => {
    used.add(name);
    return name;
  };
  return asks.map((ask) => {
    if (ask.interface !== undefined) return ask.interface;
    const last = before.find(({ network }) => network === ask.name)?.interface;
    if (last !== undefined && !used.has(last)) return take(last);
    const reserved = new Set(before.map((foot) => foot.interface));
    let number = 0;
    while (used.has(`eth${number}`) || reserved.has(`eth${number}`)) number++;
    return take(`eth${number}`);
  });
}

interface ChoiceInput {
  ask: NetworkAsk;
  network: NetworkSettings;
  others: OtherFeet;
  last: Foothold | undefined;
}

/** The choice of one container's addresses in one network. */
class Choice {
  readonly #ctx: Context;
  readonly #input: ChoiceInput;

  constructor(ctx: Context, input: ChoiceInput) {
    this.#ctx = ctx;
    this.#input = input;
  }

  foothold(name: string): Foothold {
    const { network } = this.#input;
    const asked = new Map(this.#input.ask.addresses.map((text) => this.#asked(text)));
    const addresses = network.subnets.map(
      (subnet) => asked.get(subnet) ?? this.#last(subnet) ?? this.#free(subnet),
    );
    return {
      network: network.name,
      networkId: network.id,
      interface: name,
      addresses,
      mac: this.#mac(addresses),
    };
  }

  #asked(text: string): [Subnet, string] {
    const { network, others } = this.#input;
    const found = findAsked(network, text);
    const holder = others.runningHolder(network.id, text);
    if (holder === undefined) return [found.subnet, found.address];
    throw this.#taken(`requested ip address ${text}`, holder);
  }

  #last({ subnet, gateway }: Subnet): string | undefined {
    const { last, network, others } = this.#input;
    return last?.addresses.find((text) => {
      const bare = text.replace(/\/.*/, '');
      const isIn =
        addressIn([{ subnet }], bare) !== undefined &&
        isUsable({ subnet, ...(gateway ? { gateway } : {}) }, bare);
      return isIn && others.runningHolder(network.id, bare) === undefined;
    });
  }

  #free(subnet: Subnet): string {
    const { network, others } = this.#input;
    const address = chooseAddress(subnet, {
      isTaken: (text) => others.holder(network.id, text) !== undefined,
      isSpare: (text) => others.runningHolder(network.id, text) === undefined,
    });
    if (address !== undefined) return address;
    throw new TspodError(
      'in-use',
      `IPAM error: no free address left in ${subnet.subnet} of network "${network.name}"`,
      {
        hint: 'stop or remove a container of the network, or make a larger one with "tspod network create --subnet"',
      },
    );
  }

  #mac(addresses: readonly string[]): string {
    const { ask, last, network, others } = this.#input;
    if (ask.mac === undefined) {
      const isSame = last !== undefined && last.addresses.join() === addresses.join();
      return isSame && others.runningHolder(network.id, last.mac) === undefined
        ? last.mac
        : macAddress(addresses, network.id);
    }
    const holder = others.runningHolder(network.id, ask.mac);
    if (holder === undefined) return ask.mac;
    throw this.#taken(`requested mac address ${ask.mac}`, holder);
  }

  #taken(what: string, holder: string): TspodError {
    const name = loadRecordIfWhole(this.#ctx, holder)?.name ?? holder.slice(0, 12);
    return new TspodError('in-use', `IPAM error: ${what} is already allocated to container "${name}"`, {
      exitCode: 126,
      hint: `stop that one first: tspod stop ${name}`,
    });
  }
}

/** The subnet of an address that was asked for. Throws 'usage' for one that is outside, or not for containers. */
export function findAsked(network: NetworkSettings, text: string): { address: string; subnet: Subnet } {
  const found = addressIn(network.subnets, text);
  if (found === undefined)
    throw new TspodError(
      'usage',
      `requested static ip ${text} not in any subnet on network ${network.name}`,
      {
        exitCode: 126,
        hint: `its subnets: ${network.subnets.map(({ subnet }) => subnet).join(', ') || 'none'}`,
      },
    );
  if (isUsable(found.subnet, text)) return found;
  const what = text === found.subnet.gateway ? "the gateway's" : 'the network or broadcast address';
  throw new TspodError('usage', `requested static ip ${text} is ${what} in subnet ${found.subnet.subnet}`, {
    exitCode: 126,
  });
}
