import { TspodError } from '../lib/errors';
import type { ContainerRecord } from './record';

/** One published port. */
export interface PublishedPort {
  containerPort: number;
  protocol: string;
  /** `0.0.0.0:8080`. */
  host: string;
}

/** Every published port by itself, sorted by the container's port. */
export function publishedPorts({ ports }: ContainerRecord): PublishedPort[] {
  return ports
    .flatMap(({ hostIp, hostPort, containerPort, range, protocol }) =>
      Array.from({ length: range }, (_, offset) => ({
        containerPort: containerPort + offset,
        protocol,
        host: `${hostIp === '' ? '0.0.0.0' : hostIp.includes(':') ? `[${hostIp}]` : hostIp}:${hostPort + offset}`,
      })),
    )
    .sort((a, b) => a.containerPort - b.containerPort);
}

/** Those of a port as it is asked for, `80` (tcp) or `53/udp`; throws 'not-found' in Podman's words. */
export function findPublished(record: ContainerRecord, wanted: string): PublishedPort[] {
  const [port = '', protocol = 'tcp'] = wanted.split('/', 2);
  const found = publishedPorts(record).filter(
    (each) => String(each.containerPort) === port && each.protocol === protocol.toLowerCase(),
  );
  if (found.length > 0) return found;
  throw new TspodError('not-found', `failed to find published port "${wanted}"`);
}
