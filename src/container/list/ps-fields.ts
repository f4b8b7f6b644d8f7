import { goMap, goMapOrNil } from '../../lib/go-template/values';
import { shortId } from '../../lib/id';
import { goTime, parseTime, ZERO_TIME_NS } from '../../lib/time';
import { commandText, createdText, mountTargets, portsText, statusText } from './describe-listed';
import type { ListedContainer } from './list';
import { readNamespaces, type NamespaceIds } from '../namespaces';
import { psSize, type PsFieldOptions } from './ps-row';
import { networkNames } from '../create/network-names';

const ZERO_SECONDS = Number(ZERO_TIME_NS / 1_000_000_000n);

/** Everything that a template of `ps` may ask for, by Podman's names; what costs reads of /proc is read when asked. */
export function psFields(listed: ListedContainer, options: PsFieldOptions): Record<string, unknown> {
  const { record, state } = listed;
  const id = (text: string): string => (options.noTrunc ? text.replace(/^sha256:/, '') : shortId(text));
  const created = goTime(parseTime(record.created) ?? 0n);
  const ago = createdText(record, options.now);
  const fields = withNamespaces(state.pid, {
    ID: id(record.id),
    Id: id(record.id),
    Names: record.name,
    Image: record.imageName,
    ImageID: id(record.imageId),
    Command: commandText(record, options.noTrunc),
    Created: created,
    CreatedAt: created.toString(),
    CreatedHuman: ago,
    RunningFor: ago,
    Status: statusText(listed, options.now),
    State: state.phase,
    Ports: portsText(record),
    Labels: goMapOrNil(record.labels),
    Label: (name: string) => record.labels[name] ?? '',
    Mounts: mountTargets(record),
    Networks: networkNames(record).join(','),
    Pid: state.pid,
    Exited: state.phase === 'exited',
    ExitCode: state.phase === 'exited' ? state.exitCode : 0,
    ExitedAt: seconds(state.finishedNs),
    StartedAt: seconds(state.startedNs),
    Restarts: state.restarts,
    AutoRemove: record.options.autoRemove,
    CIDFile: record.options.cidFile ?? '',
    ExposedPorts: goMap(exposedPorts(listed)),
    IsInfra: false,
    Pod: '',
    PodName: '',
    PodID: '',
    Size: psSize(listed, options),
  });
  return Object.defineProperty(fields, 'toJSON', { value: () => psRecord(listed, options) });
}

/** What `{{json .}}` shows: Podman's record, not all that a template may ask for. */
function psRecord(listed: ListedContainer, options: PsFieldOptions): object {
  const { Created: _seconds, ...fields } = psJson(listed, options);
  return { ...fields, Created: listed.record.created, CreatedAt: '', Status: '' };
}

/** Adds what is read of /proc only when a template asks for it. */
function withNamespaces(pid: number, fields: Record<string, unknown>): Record<string, unknown> {
  const namespaces = lazily(() => readNamespaces(pid));
  const getters: Record<string, () => unknown> = {
    Namespaces: () => namespaceFields(namespaces()),
    CGROUPNS: () => namespaces().cgroup,
    Cgroup: () => namespaces().cgroup,
    IPC: () => namespaces().ipc,
    MNT: () => namespaces().mnt,
    NET: () => namespaces().net,
    PIDNS: () => namespaces().pid,
    User: () => namespaces().user,
    USERNS: () => namespaces().user,
    UTS: () => namespaces().uts,
  };
  for (const [name, get] of Object.entries(getters)) {
    Object.defineProperty(fields, name, { get, enumerable: true });
  }
  return fields;
}

/** One container of `ps --format json`, with Podman's keys. */
export function psJson(listed: ListedContainer, options: PsFieldOptions): Record<string, unknown> {
  const { record, state } = listed;
  const { names, written } = { names: networkNames(record), written: options.sizes?.get(record.id) };
  return {
    AutoRemove: record.options.autoRemove,
    Command: record.command.length > 0 ? record.command : record.entrypoint,
    CreatedAt: createdText(record, options.now),
    CIDFile: record.options.cidFile ?? '',
    Exited: state.phase === 'exited',
    ExitedAt: seconds(state.finishedNs),
    ExitCode: state.phase === 'exited' ? state.exitCode : 0,
    ExposedPorts: record.exposedPorts.length > 0 ? exposedPorts(listed) : null,
    Id: record.id,
    Image: record.imageName,
    ImageID: record.imageId.replace(/^sha256:/, ''),
    IsInfra: false,
    Labels: Object.keys(record.labels).length > 0 ? record.labels : null,
    Mounts: mountTargets(record),
    Names: [record.name],
    Namespaces: {},
    Networks: names,
    Pid: state.pid,
    Pod: '',
    PodName: '',
    Ports: record.ports.length > 0 ? record.ports.map(portJson) : null,
    Restarts: state.restarts,
    Size: written === undefined ? null : { rootFsSize: written + record.imageSize, rwSize: written },
    StartedAt: seconds(state.startedNs),
    State: state.phase,
    Status: statusText(listed, options.now),
    Created: Number((parseTime(record.created) ?? 0n) / 1_000_000_000n),
  };
}

function portJson(port: ListedContainer['record']['ports'][number]): Record<string, unknown> {
  return {
    host_ip: port.hostIp,
    container_port: port.containerPort,
    host_port: port.hostPort,
    range: port.range,
    protocol: port.protocol,
  };
}

function exposedPorts({ record }: ListedContainer): Record<string, string[]> {
  const ports: Record<string, string[]> = {};
  for (const { port, protocol } of record.exposedPorts) ports[port] = [...(ports[port] ?? []), protocol];
  return ports;
}

function seconds(ns: bigint | undefined): number {
  return ns === undefined ? ZERO_SECONDS : Number(ns / 1_000_000_000n);
}

function namespaceFields(ids: NamespaceIds): Record<string, string> {
  return {
    MNT: ids.mnt,
    Cgroup: ids.cgroup,
    IPC: ids.ipc,
    NET: ids.net,
    PIDNS: ids.pid,
    UTS: ids.uts,
    User: ids.user,
  };
}

function lazily<T>(make: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= make());
}
