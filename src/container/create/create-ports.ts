import type { ImageRunConfig } from '../../image/format/image-config';
import type { Context } from '../../lib/context';
import { checkNetwork } from '../../network/check-network';
import { choosePorts, portFacts } from '../../network/choose-ports';
import { networkHelper } from '../../network/network-plan';
import { parseExpose, type ExposedPort } from '../../network/parse-expose';
import type { PortMapping } from '../../network/types';
import { containerIds, loadRecordIfWhole } from '../find';
import type { ContainerOptions } from '../record';
import { isAlive, readState } from '../state/status';

/** Ports that a container listens on, by its options and its image, without repeats. */
export function exposedPorts(options: ContainerOptions, image: ImageRunConfig): ExposedPort[] {
  const all = [...options.expose, ...Object.keys(image.ExposedPorts ?? {}).flatMap(parseExpose)];
  return [...new Map(all.map((each) => [`${each.port}/${each.protocol}`, each])).values()];
}

/** The published ports with a free host port in the place of each 0. Throws what choosePorts() throws. */
export function publishedPorts(
  ctx: Context,
  options: ContainerOptions,
  exposed: readonly ExposedPort[],
): PortMapping[] {
  const asked = [...options.ports, ...(options.publishAll ? exposed.map(toMapping) : [])];
  const ports = asked.flatMap((port) => atHost(ctx, port));
  checkNetwork(ctx, options.network, ports);
  if (ports.length === 0) return [];
  if (['none', 'host', 'container', 'path'].includes(options.network.kind)) {
    ctx.log(
      'warn',
      'Port mappings have been discarded as one of the Host, Container, Pod, and None network modes are in use',
    );
    return [];
  }
  if (options.networkRate && networkHelper(ctx, options.network)?.name === 'pasta')
    ctx.log(
      'warn',
      'pasta hands connections from the loopback of this host to published ports on past --network-rate',
    );
  const facts = portFacts();
  return choosePorts(ports, facts, (port, protocol) =>
    facts.taken[protocol].has(port) ? portOwner(ctx, port, protocol) : undefined,
  );
}

/** At the addresses of containers.conf where none was named. */
function atHost(ctx: Context, port: PortMapping): PortMapping[] {
  const addresses = port.hostIp === '' ? ctx.defaults?.publishAt : undefined;
  return addresses?.map((hostIp) => ({ ...port, hostIp })) ?? [port];
}

function toMapping({ port, protocol }: ExposedPort): PortMapping {
  return { hostIp: '', hostPort: 0, containerPort: port, range: 1, protocol };
}

/** The name of the running container that publishes a host port. */
function portOwner(ctx: Context, port: number, protocol: PortMapping['protocol']): string | undefined {
  for (const id of containerIds(ctx)) {
    const record = loadRecordIfWhole(ctx, id);
    const isIts = record?.ports.some(
      (each) => each.protocol === protocol && port >= each.hostPort && port < each.hostPort + each.range,
    );
    if (record && isIts && isAlive(readState(ctx, id))) return record.name;
  }
  return undefined;
}
