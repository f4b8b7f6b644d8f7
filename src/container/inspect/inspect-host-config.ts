import type { Context } from '../../lib/context';
import { goMap } from '../../lib/go-template/values';
import { TspodError } from '../../lib/errors';
import type { IdMapping } from '../../lib/id-mapping';
import { humanSize } from '../../lib/size';
import type { Rate } from '../../network/bridge-types';
import { networkHelper } from '../../network/network-plan';
import { formatRate } from '../../network/parse-network-rate';
import type { NetworkMode } from '../../network/types';
import { cgroupPlace } from '../../runtime/cgroup-place';
import { containerPaths } from '../paths';
import type { ContainerRecord, LogSettings, NamespaceMode, UsernsMode } from '../record';
import type { Inspected } from './inspect-container';
import { inspectLimits } from './inspect-limits';
import { bindsOf, tmpfsOf } from './inspect-mounts';
import { portBindings } from './inspect-network';

/** The part `HostConfig`: how the container is set up on this machine. */
export function inspectHostConfig(ctx: Context, { record, spec }: Inspected): object {
  const { options } = record;
  return {
    Binds: bindsOf(record),
    CgroupManager: cgroupManager(ctx),
    CgroupMode: modeText(options.namespaces.cgroup),
    ContainerIDFile: options.cidFile ?? '',
    LogConfig: logConfig(options.log, containerPaths(ctx, record.id).log),
    NetworkMode: networkMode(ctx, record),
    ...(options.networkRate ? { NetworkRate: rateTexts(options.networkRate) } : {}),
    PortBindings: goMap(portBindings(record)),
    RestartPolicy: { Name: options.restart.policy, MaximumRetryCount: options.restart.maximum },
    AutoRemove: options.autoRemove,
    AutoRemoveImage: false,
    Annotations: goMap(spec?.annotations ?? options.annotations),
    VolumeDriver: '',
    VolumesFrom: options.volumesFrom ?? null,
    ...inspectBorders(record),
    ShmSize: options.shmSize,
    // Docker's name for it
    ...(options.disk ? { StorageOpt: { size: String(options.disk.size), upper: options.disk.kind } } : {}),
    Runtime: 'oci',
    ConsoleSize: [0, 0],
    Isolation: '',
    ...inspectLimits(record, spec),
    ...(options.init ? { Init: true } : {}),
    CgroupConf: options.limits.unified ?? null,
  };
}

const managers = new WeakMap<Context, string>();

/** The same for all containers that one command looks at. */
function cgroupManager(ctx: Context): string {
  const known = managers.get(ctx) ?? (cgroupPlace(ctx).kind === 'scope' ? 'systemd' : 'cgroupfs');
  managers.set(ctx, known);
  return known;
}

/** What the container may do, and what it shares with others. */
function inspectBorders(record: ContainerRecord): object {
  const { options, idMaps } = record;
  const { namespaces } = options;
  return {
    CapAdd: capabilityNames(options.capAdd),
    CapDrop: capabilityNames(options.capDrop),
    Dns: options.dns,
    DnsOptions: options.dnsOptions,
    DnsSearch: options.dnsSearch,
    ExtraHosts: options.addHost,
    HostsFile: options.hostsFile ?? '',
    GroupAdd: options.groupAdd,
    IpcMode: modeText(namespaces.ipc),
    Cgroup: '',
    Cgroups: options.cgroups ?? 'default',
    Links: null,
    OomScoreAdj: options.oomScoreAdj ?? 0,
    PidMode: modeText(namespaces.pid),
    Privileged: options.privileged,
    PublishAllPorts: options.publishAll,
    ReadonlyRootfs: options.readOnly,
    SecurityOpt: securityOptions(record),
    Tmpfs: goMap(tmpfsOf(record)),
    UTSMode: modeText(namespaces.uts),
    UsernsMode: usernsMode(options.userns),
    ...(idMaps ? { IDMappings: { UidMap: mapTexts(idMaps.uids), GidMap: mapTexts(idMaps.gids) } } : {}),
  };
}

function modeText(mode: NamespaceMode): string {
  if (mode.kind === 'container') return `container:${mode.target}`;
  return mode.kind === 'path' ? `ns:${mode.target}` : mode.kind;
}

/** Not a key of Podman's: it has no such limit. */
function rateTexts({ egress, ingress }: Rate): object {
  return {
    ...(egress === undefined ? {} : { Egress: formatRate(egress) }),
    ...(ingress === undefined ? {} : { Ingress: formatRate(ingress) }),
  };
}

/** The default network goes by the name of the helper that carries it here. */
function networkMode(ctx: Context, { options: { network } }: ContainerRecord): string {
  if (network.kind === 'private') return privateNetwork(ctx, network);
  if (network.kind === 'container') return `container:${network.target}`;
  return network.kind === 'path' ? `ns:${network.target}` : network.kind;
}

function privateNetwork(ctx: Context, network: NetworkMode): string {
  try {
    return networkHelper(ctx, network)?.name ?? network.kind;
  } catch (error) {
    if (error instanceof TspodError && error.code === 'machine') return network.kind;
    throw error;
  }
}

function usernsMode(mode: UsernsMode): string {
  if (mode.kind === 'host') return '';
  if (mode.kind === 'container') return `container:${mode.target}`;
  return 'private';
}

function mapTexts(maps: readonly IdMapping[]): string[] {
  return maps.map(({ container, host, size }) => `${container}:${host}:${size}`);
}

function logConfig({ driver, path, tag, maxSize }: LogSettings, defaultPath: string): object {
  const isFile = driver === 'k8s-file' || driver === 'json-file';
  return {
    Type: driver,
    Config: null,
    Path: isFile ? (path ?? defaultPath) : '',
    Tag: tag ?? '',
    Size: maxSize === undefined ? '0B' : humanSize(maxSize),
  };
}

function capabilityNames(names: readonly string[]): string[] {
  return names.map((name) => {
    const upper = name.toUpperCase();
    return upper === 'ALL' || upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
  });
}

function securityOptions({ options: { security } }: ContainerRecord): string[] {
  return [
    ...(security.noNewPrivileges ? ['no-new-privileges'] : []),
    ...(security.seccomp === undefined ? [] : [`seccomp=${security.seccomp}`]),
    ...(security.apparmor === undefined ? [] : [`apparmor=${security.apparmor}`]),
    ...security.labels.map((label) => `label=${label}`),
    ...(security.mask.length > 0 ? [`mask=${security.mask.join(':')}`] : []),
    ...(security.unmask.length > 0 ? [`unmask=${security.unmask.join(':')}`] : []),
  ];
}
