import { statfsSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { goMap } from '../../lib/go-template/values';
import { readImageIndex } from '../../store/image-index';
import { storePaths } from '../../store/store-paths';
import { listContainers } from '../list/list';
import { storageDriver } from '../rootfs/storage-driver';
import { hostInfo } from './host-info';
import { versionInfo } from './version-info';

/** What `podman info` tells, under the keys that Podman has. */
export function machineInfo(ctx: Context) {
  return {
    host: hostInfo(ctx),
    plugins: {
      authorization: null,
      log: ['k8s-file', 'json-file', 'none', 'passthrough', 'journald'],
      network: [],
      volume: ['local'],
    },
    registries: goMap<unknown>({}),
    store: storeInfo(ctx),
    version: versionInfo(),
  };
}

/** The names of the kinds of file system that statfs(2) tells, as Podman spells them. */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  0xef53: 'extfs',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x01021994: 'tmpfs',
  0x794c7630: 'overlayfs',
  0x2fc12fc1: 'zfs',
  0x6969: 'nfs',
};

function storeInfo(ctx: Context) {
  const phases = listContainers(ctx).map(({ state }) => state.phase);
  const count = (phase: string): number => phases.filter((other) => other === phase).length;
  const [running, paused] = [count('running'), count('paused')];
  const { name, hasDataLayers } = storageDriver(ctx);
  const { blocks, bfree, bsize, type } = statfsSync(ctx.paths.root);
  return {
    configFile: '',
    containerStore: { number: phases.length, paused, running, stopped: phases.length - running - paused },
    graphDriverName: 'overlay',
    graphOptions: goMap<unknown>({}),
    graphRoot: ctx.paths.root,
    graphRootAllocated: blocks * bsize,
    graphRootUsed: (blocks - bfree) * bsize,
    graphStatus: goMap({
      'Backing Filesystem': FILE_SYSTEMS[type] ?? `0x${type.toString(16)}`,
      'Data-only lower layers': String(hasDataLayers),
      'Native Overlay Diff': String(name === 'overlay'),
      'Supports d_type': 'true',
      'Supports shifting': String(hasDataLayers),
      'Supports volatile': 'true',
      'Using metacopy': String(hasDataLayers),
    }),
    imageCopyTmpDir: `${ctx.paths.root}/tmp`,
    imageStore: { number: new Set(readImageIndex(storePaths(ctx)).map(({ digest }) => digest)).size },
    runRoot: ctx.paths.runRoot,
    transientStore: false,
    volumePath: `${ctx.paths.root}/volumes`,
  };
}
