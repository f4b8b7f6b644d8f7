import { readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { isErrno } from '../../lib/errors';
import { removeTrees } from '../../runtime/tree';
import { makeStaging } from '../../store/staging';
import type { Staging } from '../../store/staging';
import type { StorePaths } from '../../store/store-paths';

/** A staging directory in which files of other ids may be left over: then the helper removes them. */
export function openCommitStaging(ctx: Context, store: StorePaths): Staging {
  const staging = makeStaging(store);
  return {
    path: staging.path,
    remove() {
      try {
        removeDirectory(`${staging.path}/layer-commit`);
      } catch (error) {
        if (!isErrno(error, 'EACCES', 'EPERM')) throw error;
        removeTrees(ctx, [`${staging.path}/layer-commit`]);
      }
      staging.remove();
    },
  };
}

/** What is left when the store had the layer already; rmSync() asks three times as many questions. */
function removeDirectory(path: string): void {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    throw error;
  }
  for (const entry of entries) {
    const name = Buffer.concat([Buffer.from(`${path}/`), entry.name as unknown as Buffer]);
    if (entry.isDirectory()) removeDirectory(name.toString());
    else unlinkSync(name);
  }
  rmdirSync(path);
}
