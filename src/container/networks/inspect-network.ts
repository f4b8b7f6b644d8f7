import { goMap } from '../../lib/go-template/values';
import type { Context } from '../../lib/context';
import { contains, parseAddress, parseRange } from '../../network/address-range';
import { asJson, networkFields } from '../../network/record/network-fields';
import type { NetworkRecord } from '../../network/record/network-record';
import type { ContainerRecord } from '../record';
import { isAlive, readState } from '../state/status';
import { readNetworkState, type Foothold } from './network-state';

/** A network in the words of `podman network inspect`: with the running containers among `users` and their addresses. */
export function inspectNetwork(
  ctx: Context,
  network: NetworkRecord,
  users: readonly ContainerRecord[],
): object {
  const containers = Object.fromEntries(
    users.flatMap((user) => {
      const found = inspectUser(ctx, network, user);
      return found ? [[user.id, found]] : [];
    }),
  );
  return asJson(
    { ...networkFields(network), Containers: goMap(containers) },
    { ...network, containers: goMap(containers) },
  );
}

function inspectUser(
  ctx: Context,
  network: NetworkRecord,
  { id, name }: ContainerRecord,
): object | undefined {
  const foot = readNetworkState(ctx, id).feet.find((each) => each.network === network.name);
  if (foot === undefined || !isAlive(readState(ctx, id))) return undefined;
  const interfaces = { [foot.interface]: inspectFoot(network, foot) };
  return asJson({ Name: name, Interfaces: goMap(interfaces) }, { name, interfaces });
}

function inspectFoot(network: NetworkRecord, { addresses, mac }: Foothold): object {
  const subnets = addresses.map((address) => {
    const gateway = gatewayFor(network, address);
    const fields = { IPNet: address, Gateway: gateway ?? '' };
    return asJson(fields, { ipnet: address, ...(gateway === undefined ? {} : { gateway }) });
  });
  return asJson({ Subnets: subnets, MacAddress: mac }, { subnets, mac_address: mac });
}

/** The gateway of the subnet that an address with prefix length lies in. */
export function gatewayFor({ subnets = [] }: NetworkRecord, text: string): string | undefined {
  const address = parseAddress(text.replace(/\/.*/, ''));
  return subnets.find(({ subnet }) => {
    const range = parseRange(subnet);
    return address && range && contains(range, address);
  })?.gateway;
}
