import type { Context } from '../../lib/context';
import { wrapError } from '../../lib/errors';
import { findContainerId } from '../find';
import type { ContainerOptions } from '../record';
import { mountsFromOthers } from './volumes-from';

/** The options with full ids in the place of the names of containers that are joined, and the mounts of `--volumes-from`. Throws 'not-found'. */
export function resolveTargets(ctx: Context, options: ContainerOptions): ContainerOptions {
  const { pid, ipc, uts, cgroup } = options.namespaces;
  const resolve = <T extends { kind: string }>(kind: string, mode: T): T => resolveTarget(ctx, kind, mode);
  return {
    ...options,
    namespaces: {
      pid: resolve('pid', pid),
      ipc: resolve('ipc', ipc),
      uts: resolve('uts', uts),
      cgroup: resolve('cgroup', cgroup),
    },
    network: resolve('network', options.network),
    userns: resolve('user', options.userns),
    mounts: options.volumesFrom === undefined ? options.mounts : mountsFromOthers(ctx, options),
  };
}

function resolveTarget<T extends { kind: string }>(ctx: Context, kind: string, mode: T): T {
  if (mode.kind !== 'container') return mode;
  const { target } = mode as T & { target: string };
  try {
    return { ...mode, target: findContainerId(ctx, target) };
  } catch (error) {
    throw wrapError(`looking up container to share ${kind} namespace with`, error);
  }
}
