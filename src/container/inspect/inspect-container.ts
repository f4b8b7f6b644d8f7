import { existsSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { goTime, parseTime } from '../../lib/time';
import { readJsonFile } from '../../sys/file-io';
import type { OciSpec } from '../../runtime/oci-spec';
import { cgroupPath } from '../cgroup';
import { findContainer, loadRecord } from '../find';
import { isChecked } from '../create/health-config';
import { readHealthLog } from '../health/health-log';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';
import { readState, type ContainerState } from '../state/status';
import { inspectCapabilities } from './inspect-capabilities';
import { inspectConfig } from './inspect-config';
import { inspectHostConfig } from './inspect-host-config';
import { inspectMounts } from './inspect-mounts';
import { inspectNetwork } from './inspect-network';

/** What one part of `inspect` is made of. */
export interface Inspected {
  record: ContainerRecord;
  state: ContainerState;
  /** Absent before the first start. */
  spec: OciSpec | undefined;
}

/**
 * What `inspect` prints of a container, with Podman's names; `written` (bytes) adds the sizes. `id` is the full one where the
 * caller has looked it up. Throws 'not-found'.
 */
export function inspectContainer(
  ctx: Context,
  name: string,
  written?: (id: string) => number,
  id?: string,
): object {
  const record = id === undefined ? findContainer(ctx, name) : loadRecord(ctx, id);
  const state = readState(ctx, record.id);
  const spec = readJsonFile(containerPaths(ctx, record.id).config) as OciSpec | undefined;
  const inspected = { record, state, spec };
  const bytes = written?.(record.id);
  return {
    ...inspectIdentity(ctx, inspected),
    MountLabel: spec?.linux.mountLabel ?? '',
    ProcessLabel: spec?.process.selinuxLabel ?? '',
    AppArmorProfile: spec?.process.apparmorProfile ?? '',
    ...inspectCapabilities(ctx, inspected),
    ExecIDs: [],
    GraphDriver: inspectStorage(ctx, record),
    ...(bytes === undefined ? {} : { SizeRw: bytes, SizeRootFs: bytes + record.imageSize }),
    Mounts: inspectMounts(ctx, record),
    Dependencies: dependenciesOf(record),
    NetworkSettings: inspectNetwork(ctx, inspected),
    Namespace: '',
    IsInfra: false,
    IsService: false,
    KubeExitCodePropagation: 'invalid',
    lockNumber: 0,
    Config: inspectConfig(inspected),
    HostConfig: inspectHostConfig(ctx, inspected),
    UseImageHosts: false,
    UseImageHostname: false,
  };
}

/** What it is, what became of it, and where its files are. */
function inspectIdentity(ctx: Context, inspected: Inspected): object {
  const { record, state, spec } = inspected;
  const { options } = record;
  const paths = containerPaths(ctx, record.id);
  // a start makes them
  const file = (path: string): string => (spec !== undefined && existsSync(path) ? path : '');
  const argv = spec?.process.args ?? record.process.argv;
  return {
    Id: record.id,
    Created: goTime(parseTime(record.created)),
    Path: argv[0] ?? '',
    Args: argv.slice(1),
    State: inspectState(ctx, inspected),
    Image: record.imageId.replace(/^sha256:/, ''),
    ImageDigest: record.imageDigest,
    ImageName: record.imageName,
    Rootfs: options.rootfs?.directory ?? '',
    Pod: '',
    ResolvConfPath: file(`${paths.directory}/resolv.conf`),
    HostnamePath: file(`${paths.directory}/hostname`),
    HostsPath: file(`${paths.directory}/hosts`),
    StaticDir: paths.directory,
    OCIConfigPath: spec === undefined ? '' : paths.config,
    OCIRuntime: options.runtime ?? 'tspod',
    ConmonPidFile: options.monitorPidFile ?? '',
    PidFile: options.pidFile ?? '',
    Name: record.name,
    RestartCount: state.restarts,
    Driver: 'overlay',
  };
}

function inspectStorage(ctx: Context, { id, lowers, dataLowers }: ContainerRecord): object {
  const { merged, upper, work } = containerPaths(ctx, id);
  const layers = [...lowers, ...dataLowers].map((layer) => `${ctx.paths.root}/${layer}`);
  return {
    Name: 'overlay',
    Data: { LowerDir: layers.join(':'), MergedDir: merged, UpperDir: upper, WorkDir: work },
  };
}

function inspectState(ctx: Context, { state, record, spec }: Inspected): object {
  const { phase, pid } = state;
  const health = healthOf(ctx, { state, record });
  const fields = {
    OciVersion: spec?.ociVersion ?? '1.2.0',
    Status: phase,
    Running: phase === 'running',
    Paused: phase === 'paused',
    Restarting: false,
    OOMKilled: state.oomKilled,
    Dead: false,
    Pid: pid,
    ...(state.monitorPid > 0 ? { ConmonPid: state.monitorPid } : {}),
    ExitCode: phase === 'exited' ? state.exitCode : 0,
    Error: state.error,
    StartedAt: goTime(state.startedNs),
    FinishedAt: goTime(phase === 'exited' ? state.finishedNs : undefined),
    // not in JSON where there is none, but templates may name it
    Health: health,
    ...(pid > 0 ? { CgroupPath: cgroupPath(pid) ?? '' } : {}),
    CheckpointedAt: goTime(),
    RestoredAt: goTime(),
  };
  // the name of earlier Podmans, which templates still use
  return Object.defineProperty(fields, 'Healthcheck', { value: health });
}

function healthOf(ctx: Context, { state, record }: Omit<Inspected, 'spec'>): object | undefined {
  if (!isChecked(record.options.health)) return undefined;
  return { ...readHealthLog(ctx, record), Status: state.health ?? '' };
}

/** The containers whose namespaces it uses, and those that it requires. */
function dependenciesOf({ options }: ContainerRecord): string[] {
  const { pid, ipc, uts, cgroup } = options.namespaces;
  const required = options.further?.requires ?? [];
  const modes = [pid, ipc, uts, cgroup, options.network, options.userns, ...required];
  return [...new Set(modes.flatMap((mode) => (mode.kind === 'container' ? [mode.target] : [])))];
}
