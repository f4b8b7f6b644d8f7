import type { OciLinux, OciNamespaceType } from '../../runtime/oci-spec';
import type { ContainerRecord, NamespaceMode } from '../record';
import type { StartFacts } from './start-facts';

/** The names below /proc/PID/ns. */
const FILES: Record<OciNamespaceType, string> = {
  cgroup: 'cgroup',
  ipc: 'ipc',
  mount: 'mnt',
  network: 'net',
  pid: 'pid',
  user: 'user',
  uts: 'uts',
};

type AnyMode = { kind: string; target?: string } | NamespaceMode;

/** The namespaces that are made or joined; what is missing is shared with the common user namespace's owner. */
export function namespacesOf(record: ContainerRecord, facts: StartFacts): OciLinux['namespaces'] {
  const { namespaces, network, userns } = record.options;
  const user: AnyMode = joinsUserns(record) ? userns : { kind: record.idMaps ? 'private' : 'host' };
  const modes: [OciNamespaceType, AnyMode][] = [
    ['user', user],
    ['pid', namespaces.pid],
    ['network', network],
    ['ipc', namespaces.ipc],
    ['uts', namespaces.uts],
    ['mount', { kind: 'private' }],
    ['cgroup', namespaces.cgroup],
  ];
  return modes.flatMap(([type, mode]) => {
    if (mode.kind === 'host') return [];
    const path = namespacePath(type, mode, facts);
    return [path === undefined ? { type } : { type, path }];
  });
}

/** Whether the container runs in a user namespace that is there already, whose maps are not its own to write. */
export function joinsUserns({ options, idMaps }: ContainerRecord): boolean {
  // without a map of its own the other one lives in the common user namespace, as this one will
  return options.userns.kind === 'path' || (options.userns.kind === 'container' && idMaps !== undefined);
}

/** Whether the container gets a network namespace that nobody had before. */
export function hasOwnNetwork({ options }: ContainerRecord): boolean {
  return !['host', 'container', 'path'].includes(options.network.kind);
}

function namespacePath(type: OciNamespaceType, mode: AnyMode, facts: StartFacts): string | undefined {
  if (!('target' in mode) || mode.target === undefined) return undefined;
  if (mode.kind === 'path') return mode.target;
  return mode.kind === 'container' ? `/proc/${facts.pids[mode.target]}/ns/${FILES[type]}` : undefined;
}
