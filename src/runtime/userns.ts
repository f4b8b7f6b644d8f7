import { accessSync, constants } from 'node:fs';
import type { Context } from '../lib/context';
import { subordinateIds } from '../sys/subids';
import type { Plan } from './plan';

const SEARCH = ['/usr/bin', '/usr/local/bin', '/bin', '/usr/sbin', '/sbin'];

/**
 * What the helper needs to join the common user namespace, or one that has no other id than the user's: where nobody is to be
 * joined it costs nothing to make. Only for work that comes upon no other owner. Root needs none.
 */
export function addOwnUserns(plan: Plan, ctx: Context): void {
  if (ctx.uid === 0 || ctx.hasIds) return;
  plan.add('USERNS_DIR', ctx.paths.runRoot);
  plan.add('COMMON_UID_MAP', 0, ctx.uid, 1).add('COMMON_GID_MAP', 0, ctx.gid, 1);
}

/**
 * What the helper needs to join or make the common user namespace: the user is its root, the subordinate ids follow
 * from 1 on. Root needs none: then nothing is added.
 */
export function addCommonUserns(plan: Plan, ctx: Context): void {
  if (ctx.uid === 0 || ctx.hasIds) return;
  const ids = subordinateIds(ctx);
  plan.add('USERNS_DIR', ctx.paths.runRoot);
  for (const map of ids.uids) plan.add('COMMON_UID_MAP', map.container, map.host, map.size);
  for (const map of ids.gids) plan.add('COMMON_GID_MAP', map.container, map.host, map.size);
  // a map of one's own id alone needs no privilege, and so no tools
  if (ids.uids.length > 1 || ids.gids.length > 1)
    plan.add('ID_MAP_TOOLS', tool('newuidmap'), tool('newgidmap'));
}

/** Where a tool lies; its usual place when it lies nowhere, so that the helper's error names it. */
function tool(name: string): string {
  for (const folder of SEARCH) {
    const path = `${folder}/${name}`;
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // the next folder may have it
    }
  }
  return `/usr/bin/${name}`;
}
