import { readFileSync, statfsSync } from 'node:fs';
import { cpus, freemem, hostname, totalmem, uptime } from 'node:os';
import type { Context } from '../../lib/context';
import { VERSION } from '../../lib/version';
import { cgroupPlace } from '../../runtime/cgroup-place';
import { readOsRelease } from '../../config/os-release';
import { readImageIndex } from '../../store/image-index';
import { storePaths } from '../../store/store-paths';
import { findProgram } from '../../sys/programs';
import { subordinateIds } from '../../sys/subids';
import { listContainers } from '../list';
import { storageDriver } from '../storage-driver';

const ARCHITECTURES: Record<string, string> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm',
  riscv64: 'riscv64',
};

/** What `podman info` tells, under the keys that Podman has; only what is true of tspod. */
export function machineInfo(ctx: Context) {
  return { host: hostInfo(ctx), store: storeInfo(ctx), version: versionInfo() };
}

function hostInfo(ctx: Context) {
  const place = cgroupPlace(ctx);
  const system = readOsRelease();
  const ids = ctx.uid === 0 ? { uids: [], gids: [] } : subordinateIds(ctx);
  const map = ({ container, host, size }: (typeof ids.uids)[number]) => ({
    container_id: container,
    host_id: host,
    size,
  });
  return {
    arch: ARCHITECTURES[process.arch] ?? process.arch,
    cgroupControllers: place.kind === 'none' ? [] : place.controllers,
    cgroupManager: place.kind === 'scope' ? 'systemd' : place.kind === 'directory' ? 'cgroupfs' : 'disabled',
    cgroupVersion: 'v2',
    cpus: cpus().length,
    distribution: { distribution: system['ID'] ?? 'unknown', version: system['VERSION_ID'] ?? '' },
    hostname: hostname(),
    idMappings: { gidmap: ids.gids.map(map), uidmap: ids.uids.map(map) },
    kernel: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim(),
    logDriver: 'k8s-file',
    memFree: freemem(),
    memTotal: totalmem(),
    ociRuntime: { name: 'tspod-helper', path: ctx.paths.helper, version: `tspod ${VERSION}` },
    os: 'linux',
    pasta: { executable: findProgram(ctx, 'pasta') ?? '' },
    rootlessNetworkCmd: 'slirp4netns',
    security: { rootless: ctx.uid !== 0, seccompEnabled: true },
    slirp4netns: { executable: findProgram(ctx, 'slirp4netns') ?? '' },
    uptime: uptimeText(uptime()),
  };
}

function storeInfo(ctx: Context) {
  const phases = listContainers(ctx).map(({ state }) => state.phase);
  const count = (phase: string): number => phases.filter((other) => other === phase).length;
  const [running, paused] = [count('running'), count('paused')];
  const { name, hasDataLayers } = storageDriver(ctx);
  const { blocks, bavail, bsize } = statfsSync(ctx.paths.root);
  return {
    containerStore: { number: phases.length, paused, running, stopped: phases.length - running - paused },
    graphDriverName: 'overlay',
    graphRoot: ctx.paths.root,
    graphRootAllocated: blocks * bsize,
    graphRootUsed: (blocks - bavail) * bsize,
    graphStatus: {
      'Native Overlay Diff': String(name === 'overlay'),
      'Data-only lower layers': String(hasDataLayers),
    },
    imageStore: { number: new Set(readImageIndex(storePaths(ctx)).map(({ digest }) => digest)).size },
    runRoot: ctx.paths.runRoot,
    volumePath: `${ctx.paths.root}/volumes`,
  };
}

function versionInfo() {
  const arch = ARCHITECTURES[process.arch] ?? process.arch;
  return {
    APIVersion: VERSION,
    NodeVersion: process.version,
    Os: 'linux',
    OsArch: `linux/${arch}`,
    Version: VERSION,
  };
}

/** As Podman words it: `5h 3m 2.00s`. */
function uptimeText(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return `${hours}h ${minutes}m ${(seconds % 60).toFixed(2)}s`;
}
