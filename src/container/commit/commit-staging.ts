import { rmdirSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { isErrno } from '../../lib/errors';
import { removeTrees } from '../../runtime/tree';
import { makeStaging } from '../../store/staging';
import type { Staging } from '../../store/staging';
import type { StorePaths } from '../../store/store-paths';

/** A staging directory in which somebody else is at work too. */
export interface CommitStaging extends Staging {
  /** What is done before it is removed, also where that is because of an error. */
  beforeRemoval(work: () => void): void;
}

/** A staging directory in which files of other ids may be left over: then the helper removes them. */
export function openCommitStaging(ctx: Context, store: StorePaths): CommitStaging {
  const staging = makeStaging(store);
  const works: (() => void)[] = [];
  return {
    path: staging.path,
    beforeRemoval: (work) => void works.push(work),
    remove() {
      for (const work of works) work();
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
