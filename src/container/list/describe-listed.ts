import { humanDuration } from '../../lib/duration';
import { compactSize } from '../../lib/size';
import { parseTime } from '../../lib/time';
import type { PortMapping } from '../../network/types';
import type { ListedContainer } from './list';
import type { ContainerRecord } from '../record';

/** Podman shows this much of a command. */
const COMMAND_WIDTH = 17;

/** What a container does, in words: `Up 3 seconds (healthy)`, `Exited (0) 2 minutes ago`, `Created`. `now` is in nanoseconds. */
export function statusText(listed: ListedContainer, now: bigint): string {
  const { health } = listed.state;
  const text = phaseText(listed, now);
  return health === undefined || health === 'stopped' ? text : `${text} (${health})`;
}

function phaseText({ state }: ListedContainer, now: bigint): string {
  switch (state.phase) {
    case 'running':
      return `Up ${since(state.startedNs ?? now, now)}`;
    case 'exited':
      return `Exited (${state.exitCode}) ${since(state.finishedNs ?? now, now)} ago`;
    default:
      return (state.phase[0] as string).toUpperCase() + state.phase.slice(1);
  }
}

/** How long ago it was made: `2 hours ago`. */
export function createdText(record: ContainerRecord, now: bigint): string {
  return `${since(parseTime(record.created) ?? now, now)} ago`;
}

/** The command in one line, cut unless `full`. */
export function commandText({ command, entrypoint }: ContainerRecord, full: boolean): string {
  const text = (command.length > 0 ? command : entrypoint).join(' ');
  return full || text.length <= COMMAND_WIDTH + 3 ? text : `${text.slice(0, COMMAND_WIDTH)}...`;
}

/** Published ports, consecutive ones together, then those that are only exposed: `0.0.0.0:8080->80/tcp, 90/tcp`. */
export function portsText(record: ContainerRecord): string {
  const published = joinPorts(record.ports).map(portText);
  const isPublished = (port: number, protocol: string): boolean =>
    record.ports.some(
      (each) =>
        each.protocol === protocol && port >= each.containerPort && port < each.containerPort + each.range,
    );
  const exposed = record.exposedPorts
    .filter(({ port, protocol }) => !isPublished(port, protocol))
    .map(({ port, protocol }) => `${port}/${protocol}`);
  return [...published, ...exposed].join(', ');
}

/** `10.7kB (virtual 2.01MB)`: what the container wrote, and that with its image. */
export function sizeText(written: number, imageSize: number): string {
  return `${compactSize(written)} (virtual ${compactSize(written + imageSize)})`;
}

/** Where the container's mounts are, sorted. */
export function mountTargets(record: ContainerRecord): string[] {
  return record.options.mounts.map(({ target }) => target).sort();
}

function since(from: bigint, now: bigint): string {
  return humanDuration(Number(now - from) / 1e6);
}

function portText({ hostIp, hostPort, containerPort, range, protocol }: PortMapping): string {
  const address = hostIp === '' ? '0.0.0.0' : hostIp.includes(':') ? `[${hostIp}]` : hostIp;
  return `${address}:${portRange(hostPort, range)}->${portRange(containerPort, range)}/${protocol}`;
}

function portRange(first: number, range: number): string {
  return range > 1 ? `${first}-${first + range - 1}` : String(first);
}

/** Sorted by container port; neighbours that go on where the last one ended become one range. */
function joinPorts(ports: readonly PortMapping[]): PortMapping[] {
  const sorted = [...ports].sort((a, b) => a.containerPort - b.containerPort || a.hostPort - b.hostPort);
  const joined: PortMapping[] = [];
  for (const port of sorted) {
    const last = joined[joined.length - 1];
    if (last && continues(last, port)) last.range += port.range;
    else joined.push({ ...port });
  }
  return joined;
}

function continues(last: PortMapping, next: PortMapping): boolean {
  return (
    last.hostIp === next.hostIp &&
    last.protocol === next.protocol &&
    last.containerPort + last.range === next.containerPort &&
    last.hostPort + last.range === next.hostPort
  );
}
