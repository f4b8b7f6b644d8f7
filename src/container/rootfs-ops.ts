import type { Context } from '../lib/context';
import type { Plan } from '../runtime/plan';
import { PLAN } from '../runtime/protocol';
import { containerPaths } from './paths';
import type { ContainerRecord } from './record';

/** The root file system on containers/<id>/merged, and what has to be done to volumes before they are mounted. */
export function addRootfs(plan: Plan, ctx: Context, record: ContainerRecord): void {
  const { upper, work, merged } = containerPaths(ctx, record.id);
  const { rootfs, autoRemove } = record.options;
  if (rootfs && !rootfs.overlay) {
    plan.add('ROOTFS_BIND', rootfs.directory, merged);
  } else {
    const flags = PLAN.OVERLAY_USERXATTR | (autoRemove ? PLAN.OVERLAY_VOLATILE : 0);
    const lowers = rootfs ? [rootfs.directory] : record.lowers.map((lower) => `${ctx.paths.root}/${lower}`);
    plan.add('ROOTFS_OVERLAY', merged, upper, work, flags, ...lowers);
    if (record.dataLowers.length > 0) {
      plan.add('ROOTFS_DATA', ...record.dataLowers.map((lower) => `${ctx.paths.root}/${lower}`));
    }
  }
  addVolumes(plan, ctx, record, merged);
}

function addVolumes(plan: Plan, ctx: Context, record: ContainerRecord, merged: string): void {
  for (const mount of record.options.mounts) {
    if (mount.kind === 'volume' && !mount.noCopy) {
      plan.add('COPY_UP', merged, mount.target, `${ctx.paths.root}/volumes/${mount.name}/_data`);
    }
  }
}
