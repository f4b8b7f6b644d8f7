import type { Context } from '../lib/context';
import { isErrno } from '../lib/errors';
import { removeTrees } from '../runtime/tree';
import { makeStaging } from '../store/staging';
import type { Staging } from '../store/staging';
import type { StorePaths } from '../store/store-paths';

/** A staging directory in which files of other ids may be left over: then the helper removes them. */
export function openCommitStaging(ctx: Context, store: StorePaths): Staging {
  const staging = makeStaging(store);
  return {
    path: staging.path,
    remove() {
      try {
        staging.remove();
      } catch (error) {
        if (!isErrno(error, 'EACCES', 'EPERM')) throw error;
        removeTrees(ctx, [staging.path]);
        staging.remove();
      }
    },
  };
}
