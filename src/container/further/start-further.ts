import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import type { OciSpec } from '../../runtime/oci-spec';
import type { Plan } from '../../runtime/plan';
import { loadRecord } from '../find';
import { addPreserved } from '../create/preserved-descriptors';
import type { ContainerRecord } from '../record';
import { byDepth } from '../spec/mounts';
import { startDetached } from '../start';
import type { StartMode } from '../start-plan';
import { isAlive, readState } from '../state/status';
import { addChrootFiles } from './chroot-files';
import { addHookOps } from './hook-ops';
import { addHooks } from './hooks';
import { addHostUsers } from './host-users';
import { addImageMounts } from './image-mounts';
import { listenDescriptors } from './listen-descriptors';
import { addNotify, addNotifySocket } from './notify';
import { PERSONALITIES } from './personality';
import { resolveSubpaths } from './resolve-subpaths';
import { prepareForSystemd } from './systemd-mounts';

/** Starts the containers that this one requires, where they do not run. */
export async function startRequired(ctx: Context, { name, options }: ContainerRecord): Promise<void> {
  for (const { target } of options.further?.requires ?? []) {
    if (isAlive(readState(ctx, target))) continue;
    const required = loadRecord(ctx, target);
    try {
      await startDetached(ctx, required);
    } catch (error) {
      throw wrapError(`starting "${required.name}", which "${name}" requires`, error);
    }
  }
}

/** Adds to a configuration what few containers have. Throws what makes a start impossible. */
export async function completeSpec(ctx: Context, record: ContainerRecord, spec: OciSpec): Promise<void> {
  const { further = {}, systemd, runtime } = record.options;
  addHostUsers(ctx, record, spec);
  addChrootFiles(ctx, record, spec);
  if (systemd) prepareForSystemd(spec, record);
  addNotifySocket(ctx, record, spec);
  if (further.personality !== undefined) spec.linux.personality = { domain: further.personality };
  const { env } = listenDescriptors(ctx);
  spec.process.env = [...spec.process.env, ...env];
  if (further.cdiDevices !== undefined) {
    const { addCdiDevices } = await import('./cdi-devices');
    addCdiDevices(ctx, spec, further.cdiDevices);
  }
  if (runtime !== undefined) resolveSubpaths(spec);
  spec.mounts = spec.mounts.toSorted(byDepth);
  await addHooks(ctx, record, spec);
}

/** The same for the plan. */
export function completePlan(
  plan: Plan,
  ctx: Context,
  { record, spec, mode }: { record: ContainerRecord; spec: OciSpec; mode: StartMode },
): void {
  addImageMounts(plan, ctx, record);
  addNotify(plan, ctx, record);
  addDescriptors(plan, record, mode);
  if (record.options.runtime !== undefined) return;
  if (spec.linux.personality) plan.add('PERSONALITY', PERSONALITIES[spec.linux.personality.domain]);
  addHookOps(plan, ctx, record, spec);
}

function addDescriptors(plan: Plan, { options }: ContainerRecord, { preserve = [] }: StartMode): void {
  if (!addPreserved(plan, preserve) || options.runtime === undefined) return;
  throw new TspodError('unsupported', '--preserve-fd is not supported with another OCI runtime', {
    hint: 'use --preserve-fds, or leave --runtime out',
  });
}
