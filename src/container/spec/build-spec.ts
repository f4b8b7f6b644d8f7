import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { IdMapping } from '../../lib/id-mapping';
import { cgroupsPath } from '../../runtime/cgroup-ops';
import { cgroupPlace } from '../../runtime/cgroup-place';
import type { OciIdMapping, OciSpec } from '../../runtime/oci-spec';
import { containerPaths } from '../paths';
import { cgroupWish } from '../cgroup-wish';
import type { ContainerOptions, ContainerRecord, Limits } from '../record';
import { statRootfs, type RootfsView } from '../rootfs/rootfs-view';
import { hostNameOf } from './etc-files';
import { mountsOf, rootPropagation } from './mounts';
import { hasOwnNetwork, joinsUserns, namespacesOf } from './namespaces';
import { hiddenPaths } from './paths-hidden';
import { processOf } from './process';
import { resourcesOf } from './resources';
import { rootView } from './root-view';
import { seccompOf } from './seccomp';
import { specUser } from './spec-user';
import { startFacts, type StartFacts } from './start-facts';

/** The first one with all that is used here; crun of Debian 12 takes no later one. */
const OCI_VERSION = '1.0.2';

/**
 * The OCI configuration of a container for one start; also writes the files that it mounts from the container's
 * directory. Id maps and ids are relative to the common user namespace. Throws what makes a start impossible: an unknown
 * user, a working directory or device that is missing, a joined container that is not running.
 */
export function buildSpec(
  ctx: Context,
  record: ContainerRecord,
  facts: StartFacts = startFacts(ctx, record),
): OciSpec {
  const { options, idMaps } = record;
  const view = rootView(ctx, record);
  checkWorkdir(record, view);
  const user = specUser(ctx, record, view);
  const mounts = mountsOf(ctx, record, { user, facts });
  const process = processOf(ctx, record, user);
  const seccomp = seccompOf(options, process.capabilities?.bounding ?? []);
  const propagation = rootPropagation(mounts);
  const hidden = hiddenPaths(options);
  return {
    ociVersion: OCI_VERSION,
    process,
    root: { path: containerPaths(ctx, record.id).merged, ...(options.readOnly ? { readonly: true } : {}) },
    ...(options.namespaces.uts.kind === 'private' ? { hostname: hostNameOf(record) } : {}),
    ...(options.domainname === undefined ? {} : { domainname: options.domainname }),
    mounts,
    annotations: annotationsOf(record),
    linux: {
      namespaces: namespacesOf(record, facts),
      ...(idMaps && !joinsUserns(record)
        ? { uidMappings: toOci(idMaps.uids), gidMappings: toOci(idMaps.gids) }
        : {}),
      resources: resourcesOf(applicableLimits(ctx, options)),
      ...foreignGroup(ctx, record),
      ...(propagation === undefined ? {} : { rootfsPropagation: propagation }),
      ...(seccomp ? { seccomp } : {}),
      sysctl: sysctlsOf(record),
      maskedPaths: hidden.masked,
      readonlyPaths: hidden.readonly,
    },
  };
}

/** Another runtime is told of the group that the helper has made. */
function foreignGroup(ctx: Context, { id, options }: ContainerRecord): { cgroupsPath?: string } {
  const path = options.runtime === undefined ? undefined : cgroupsPath(ctx, id, cgroupWish(options));
  return path === undefined ? {} : { cgroupsPath: path };
}

/** Only a directory that the user named has to be there; the image's own is made. */
function checkWorkdir({ options, id }: ContainerRecord, view: RootfsView): void {
  const { workdir } = options;
  if (workdir === undefined || workdir === '/') return;
  const isMounted = options.mounts.some(
    ({ target }) => workdir === target || workdir.startsWith(`${target}/`),
  );
  if (isMounted || /^\/(proc|sys|dev)(\/|$)/.test(workdir)) return;
  if (statRootfs(view, workdir)?.isDirectory()) return;
  throw new TspodError('not-found', `workdir "${workdir}" does not exist on container ${id}`, {
    exitCode: 126,
    hint: 'name a directory of the image, or mount one there',
  });
}

function annotationsOf({ options, stopSignal }: ContainerRecord): Record<string, string> {
  return {
    'io.container.manager': 'tspod',
    'org.opencontainers.image.stopSignal': String(stopSignal),
    ...(options.groupAdd.includes('keep-groups') ? { 'run.oci.keep_original_groups': '1' } : {}),
    ...options.annotations,
  };
}

/** Another runtime fails where it cannot apply a limit that nobody asked for: the default goes where there is no place for it. */
function applicableLimits(ctx: Context, options: ContainerOptions): Limits {
  const { limits, runtime } = options;
  if (runtime === undefined || !limits.pidsIsDefault) return limits;
  const place = cgroupPlace(ctx, cgroupWish(options));
  if (place.kind !== 'none' && place.controllers.includes('pids')) return limits;
  const { pids: _, ...others } = limits;
  return others;
}

/** Every group may send pings, as Podman's default is; it needs a network of the container's own. */
function sysctlsOf(record: ContainerRecord): Record<string, string> {
  const ping = hasOwnNetwork(record) ? { 'net.ipv4.ping_group_range': '0 0' } : {};
  return { ...ping, ...record.options.sysctls };
}

function toOci(maps: readonly IdMapping[]): OciIdMapping[] {
  return maps.map(({ container, host, size }) => ({ containerID: container, hostID: host, size }));
}
