import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, posix } from 'node:path';
import type { Context } from '../../lib/context';
import type { IdMapping } from '../../lib/id-mapping';
import type { Plan } from '../../runtime/plan';
import { addSharedMount } from '../../runtime/shared-mount';
import type { UserMount } from '../../volume/types';
import { volumeMount } from '../../volume/volume-backing';
import { loadVolume } from '../../volume/volume-record';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';
import { addRootfsMount } from '../rootfs/rootfs-ops';
import { rootView } from '../spec/root-view';
import { readUserFiles } from '../spec/spec-user';
import { isAlive, type ContainerState } from '../state/status';
import { resolveUser } from '../create/user-lookup';
import { volumeDirectory } from '../volumes/volume-owners';

/** A container that files are copied from or to, and its state, which may not change meanwhile unless it runs. */
export interface CopiedContainer {
  record: ContainerRecord;
  state: ContainerState;
}

/** Where the files are: the root of a process, or a directory of this machine. `path` is inside it, absolute. */
export interface ContainerPlace {
  pid: number;
  startTime: number;
  root: string;
  path: string;
}

/** The path in the container that was typed; a relative one starts at its working directory. */
export function absolutePath({ process }: ContainerRecord, path: string): string {
  return posix.resolve('/', process.cwd, path);
}

/**
 * Where a container's path is. Of one that does not run the root is mounted by the plan; a volume or a directory of the
 * machine is looked into where the path lies below its target, as Podman does. `mounted` has the ids of the containers
 * that the plan mounts.
 */
export function containerPlace(
  plan: Plan,
  ctx: Context,
  { record, state }: CopiedContainer,
  { path, mounted }: { path: string; mounted: Set<string> },
): ContainerPlace {
  if (isAlive(state)) return { pid: state.pid, startTime: state.startTime, root: '', path };
  const mount = mountAbove(record.options.mounts, path);
  if (mount !== undefined) {
    addVolume(plan, ctx, { mount, mounted });
    return { pid: 0, startTime: 0, ...insideMount(ctx, mount, path) };
  }
  if (!mounted.has(record.id)) addRootfsMount(plan, ctx, record);
  mounted.add(record.id);
  return { pid: 0, startTime: 0, root: containerPaths(ctx, record.id).merged, path };
}

/** Who the container's program is, in ids of the common user namespace. Throws 'not-found' for a name that it does not know. */
export function containerOwner(ctx: Context, record: ContainerRecord): { uid: number; gid: number } {
  const { user } = record.process;
  const isRoot = user === '' || user === '0' || user === 'root';
  const { uid, gid } = isRoot
    ? { uid: 0, gid: 0 }
    : resolveUser(user, [], readUserFiles(rootView(ctx, record)));
  return { uid: mapped(uid, record.idMaps?.uids), gid: mapped(gid, record.idMaps?.gids) };
}

type Mounted = Extract<UserMount, { kind: 'bind' | 'volume' }>;

/** The deepest one. */
function mountAbove(mounts: readonly UserMount[], path: string): Mounted | undefined {
  const above = mounts.filter(
    (mount): mount is Mounted =>
      (mount.kind === 'bind' || mount.kind === 'volume') &&
      (path === mount.target || path.startsWith(`${mount.target}/`)),
  );
  return above.sort((a, b) => b.target.length - a.target.length)[0];
}

/** What has to be mounted so that the volume's content can be seen. */
function addVolume(
  plan: Plan,
  ctx: Context,
  { mount, mounted }: { mount: Mounted; mounted: Set<string> },
): void {
  const volume = mount.kind === 'volume' ? loadVolume(ctx, mount.name) : undefined;
  const shared = volume && volumeMount(ctx, volume);
  if (shared === undefined || mounted.has(shared.target)) return;
  addSharedMount(plan, shared);
  mounted.add(shared.target);
}

function insideMount(ctx: Context, mount: Mounted, path: string): { root: string; path: string } {
  const rest = path.slice(mount.target.length) || '/';
  if (mount.kind === 'volume') {
    const subpath = mount.subpath ? `/${mount.subpath}` : '';
    return { root: `${volumeDirectory(ctx, mount.name)}${subpath}`, path: rest };
  }
  const source = realpathSync(mount.source);
  if (statSync(source).isDirectory()) return { root: source, path: rest };
  return { root: dirname(source), path: `/${basename(source)}` };
}

function mapped(id: number, maps: readonly IdMapping[] = []): number {
  const map = maps.find(({ container, size }) => id >= container && id < container + size);
  return map === undefined ? id : map.host + id - map.container;
}
