import type { Context } from '../../lib/context';
import type { OciMount } from '../../runtime/oci-spec';
import type { ContainerRecord } from '../record';
import { baseMounts } from './base-mounts';
import { deviceMounts } from './device-mounts';
import { etcMounts } from './etc-files';
import type { SpecUser } from './spec-user';
import type { StartFacts } from './start-facts';
import { userMounts } from './user-mounts';

/** Where the init program of `--init` is seen. */
export const INIT_PATH = '/run/podman-init';

/** All mounts in the order in which they are made: what is deeper comes later. */
export function mountsOf(
  ctx: Context,
  record: ContainerRecord,
  { user, facts }: { user: SpecUser; facts: StartFacts },
): OciMount[] {
  const asked = userMounts(ctx, record);
  const own = [
    ...baseMounts(ctx, record, facts),
    ...deviceMounts(record.options),
    ...etcMounts(ctx, record, user),
    ...initMounts(ctx, record),
  ];
  return [...withoutReplaced(own, asked), ...asked].sort(byDepth);
}

/** The propagation that the root needs so that a mount's own reaches the host (config-linux.md, rootfsPropagation). */
export function rootPropagation(mounts: readonly OciMount[]): string | undefined {
  const words = new Set(mounts.flatMap(({ options = [] }) => options));
  if (words.has('shared') || words.has('rshared')) return 'shared';
  return words.has('slave') || words.has('rslave') ? 'rslave' : undefined;
}

function initMounts(ctx: Context, { options }: ContainerRecord): OciMount[] {
  if (!options.init) return [];
  const source = options.initPath ?? ctx.paths.helper;
  return [{ destination: INIT_PATH, type: 'bind', source, options: ['bind', 'rprivate', 'ro'] }];
}

/** A user's mount replaces ours at the same place; a /dev of the user's replaces all that is below it. */
function withoutReplaced(own: readonly OciMount[], asked: readonly OciMount[]): OciMount[] {
  const targets = new Set(asked.map(({ destination }) => destination));
  const hasDev = targets.has('/dev');
  return own.filter(
    ({ destination }) => !targets.has(destination) && !(hasDev && destination.startsWith('/dev/')),
  );
}

/** Orders mounts so that what is deeper comes later. */
export function byDepth(a: OciMount, b: OciMount): number {
  return depth(a) - depth(b);
}

function depth({ destination }: OciMount): number {
  return destination.split('/').filter(Boolean).length;
}
