import type { Context } from '../../lib/context';
import { goMap } from '../../lib/go-template/values';
import type { ContainerRecord } from '../record';
import { inspectBridges } from './inspect-bridges';
import type { Inspected } from './inspect-container';

/** What stands for a network that gives the container no address of its own. */
const NO_ADDRESS = {
  EndpointID: '',
  Gateway: '',
  IPAddress: '',
  IPPrefixLen: 0,
  IPv6Gateway: '',
  GlobalIPv6Address: '',
  GlobalIPv6PrefixLen: 0,
  MacAddress: '',
};

/** The part `NetworkSettings`. */
export function inspectNetwork(ctx: Context, inspected: Inspected): object {
  const { record, state } = inspected;
  const { network: mode } = record.options;
  const { kind } = mode;
  const network = { ...NO_ADDRESS, NetworkID: kind, DriverOpts: null, IPAMConfig: null, Links: null };
  const joins = kind === 'container' || kind === 'path';
  return {
    ...NO_ADDRESS,
    Bridge: '',
    SandboxID: '',
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    Ports: goMap({ ...unpublished(record), ...portBindings(record) }),
    SandboxKey: state.pid > 0 ? `/proc/${state.pid}/ns/net` : '',
    ...(joins ? {} : { Networks: goMap({ [kind]: network }) }),
    ...(mode.kind === 'bridge' ? { Networks: goMap(inspectBridges(ctx, inspected, mode.networks)) } : {}),
  };
}

/** Published ports by `PORT/PROTOCOL`, each with where it is reached. */
export function portBindings({ ports }: ContainerRecord): Record<string, object[]> {
  const bindings: Record<string, object[]> = {};
  for (const { hostIp, hostPort, containerPort, range, protocol } of ports) {
    for (let offset = 0; offset < range; offset++) {
      const binding = { HostIp: hostIp === '' ? '0.0.0.0' : hostIp, HostPort: String(hostPort + offset) };
      const key = `${containerPort + offset}/${protocol}`;
      bindings[key] = [...(bindings[key] ?? []), binding];
    }
  }
  return bindings;
}

function unpublished({ exposedPorts }: ContainerRecord): Record<string, null> {
  return Object.fromEntries(exposedPorts.map(({ port, protocol }) => [`${port}/${protocol}`, null]));
}
