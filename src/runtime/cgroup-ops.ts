import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { cgroupPlace, mayMoveTo, type CgroupPlace, type CgroupWish } from './cgroup-place';
import { limitSettings, type CgroupSetting } from './cgroup-settings';
import { isInUnit } from './in-unit';
import type { OciResources } from './oci-spec';
import type { Plan } from './plan';
import { PLAN } from './protocol';

/** What a container wants of its cgroup. */
export interface CgroupRequest extends CgroupWish {
  id: string;
  resources: OciResources | undefined;
  /** The pids limit is only a default: dropped where it cannot be applied. */
  isPidsDefault: boolean;
}

/** Adds the container's cgroup with its limits; a limit that cannot be applied is an error that names the cure. */
export function addCgroup(plan: Plan, ctx: Context, request: CgroupRequest): void {
  const place = cgroupPlace(ctx, request);
  const settings = applicable(ctx, place, request);
  if (place.kind === 'none') {
    ctx.log('debug', `no cgroup for the container: ${place.reason}`);
    return;
  }
  const isNeeded = request.parent !== undefined || settings.some((setting) => !isDefault(request, setting));
  if (place.kind === 'scope') {
    const own = ['_uid', String(ctx.uid), '_mount', place.mount];
    if (!isNeeded) own.push('_optional', '1');
    if (request.stays || isInUnit(ctx)) own.push('_stays', '1');
    const description = ['Description', `tspod container ${request.id}`];
    plan.add('CGROUP_SCOPE', place.bus, `tspod-${request.id}.scope`, place.slice, ...own, ...description);
  } else {
    plan.add('CGROUP_DIR', `${place.parent}/tspod-${request.id}`, isNeeded ? 0 : PLAN.CGROUP_OPTIONAL);
  }
  addSettings(plan, request, settings);
}

/**
 * Adds the scope of what outlives the container, or the command, that starts it (netd, the holders of shared mounts), to a plan that
 * may start such a process. It is none of the groups that a container asked for: those end with their service.
 */
export function addHelperScope(plan: Plan, ctx: Context): void {
  if (plan.has('HELPER_SCOPE') || !(plan.has('NETD') || plan.has('SHARED_MOUNT'))) return;
  const place = cgroupPlace(ctx);
  if (place.kind !== 'scope') return;
  const own = ['_uid', String(ctx.uid), '_optional', '1'];
  const description = ['Description', 'tspod: what containers have in common'];
  plan.add('HELPER_SCOPE', place.bus, 'tspod', place.slice, ...own, ...description);
}

/** The settings of a request without the default that has no controller; throws as addCgroup(). */
export function applicable(ctx: Context, place: CgroupPlace, request: CgroupRequest): CgroupSetting[] {
  const settings = limitSettings(request.resources ?? {}).filter(
    (setting) => !isDefault(request, setting) || has(place, setting.controller),
  );
  for (const setting of settings) requireController(ctx, place, setting);
  return settings;
}

/** Adds the settings, with what is said when one fails. */
export function addSettings(plan: Plan, request: CgroupRequest, settings: readonly CgroupSetting[]): void {
  for (const setting of settings) {
    const { file, value, option } = setting;
    const complaint = isDefault(request, setting) ? '' : `applying ${option} (${file} = ${value})`;
    plan.add('CGROUP_SET', file, value, complaint);
  }
}

/** The path of a container's group in the hierarchy, as `cgroupsPath` of config.json names it; undefined: there is no place for one. */
export function cgroupsPath(ctx: Context, id: string, wish: CgroupWish): string | undefined {
  const place = cgroupPlace(ctx, wish);
  if (place.kind === 'none') return undefined;
  if (place.kind === 'scope') return `${place.parent}/tspod-${id}.scope/container`.slice(place.mount.length);
  return `${place.parent}/tspod-${id}`.replace(/^\/sys\/fs\/cgroup(\/unified)?/, '');
}

/** The directory that a program which joins a container is to be moved into, and who has to do that. */
export function addCgroupJoin(plan: Plan, ctx: Context, directory: string): void {
  const unit = /\/([^/]+\.scope)(\/.*)$/.exec(directory);
  const place = cgroupPlace(ctx);
  if (unit?.[1] === undefined || unit[2] === undefined || place.kind !== 'scope' || mayMoveTo(directory))
    plan.add('CGROUP_JOIN', directory);
  else plan.add('CGROUP_JOIN', directory, place.bus, String(ctx.uid), unit[1], unit[2]);
}

function isDefault({ isPidsDefault }: CgroupRequest, { controller, option }: CgroupSetting): boolean {
  return isPidsDefault && controller === 'pids' && !option.startsWith('--cgroup-conf');
}

/** Whether the place can hand a controller on. */
export function has(place: CgroupPlace, controller: string): boolean {
  return place.kind !== 'none' && place.controllers.includes(controller);
}

function requireController(ctx: Context, place: CgroupPlace, { controller, option }: CgroupSetting): void {
  if (has(place, controller) || (controller === 'cgroup' && place.kind !== 'none')) return;
  if (place.kind === 'none') {
    throw new TspodError('machine', `${option} cannot be applied: ${place.reason}`, {
      hint: NO_GROUP_HINT,
    });
  }
  throw new TspodError(
    'machine',
    `${option} cannot be applied: the ${controller} controller is not delegated to you`,
    { hint: controllerHint(ctx, controller) },
  );
}

/** What gives containers control groups. */
export const NO_GROUP_HINT =
  'log in through systemd (loginctl, ssh), or start tspod with: systemd-run --user --scope -p Delegate=yes tspod ...';

/** What makes a controller that is missing available. */
export function controllerHint(ctx: Context, controller: string): string {
  return ctx.uid === 0
    ? `mount the ${controller} controller in cgroup version 2 (kernel argument systemd.unified_cgroup_hierarchy=1)`
    : `as root, write "[Service]\\nDelegate=cpu cpuset io memory pids" to /etc/systemd/system/user@.service.d/delegate.conf, run systemctl daemon-reload, and log in again`;
}
