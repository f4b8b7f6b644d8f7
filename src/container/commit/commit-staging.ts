import { rmdirSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { isErrno } from '../../lib/errors';
import { removeTrees } from '../../runtime/tree';
import { makeStaging } from '../../store/staging';
import type { Staging } from '../../store/staging';
import type { StorePaths } from '../../store/store-paths';

/** A staging directory in which files of other ids may be left over: then the helper removes them. Before, `settle` is called. */
export function openCommitStaging(ctx: Context, store: StorePaths, settle: () => void): Staging {
  const staging = makeStaging(store);
  return {
    path: staging.path,
    remove() {
      settle();
      try {
        rmdirSync(`${staging.path}/layer-commit`);
      } catch (error) {
        // left over by an error, or since the store had got such a layer meanwhile
        if (isErrno(error, 'ENOTEMPTY')) removeTrees(ctx, [`${staging.path}/layer-commit`]);
        else if (!isErrno(error, 'ENOENT')) throw error;
      }
      staging.remove();
    },
  };
}
