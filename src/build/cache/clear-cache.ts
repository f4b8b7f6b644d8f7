import { renameSync } from 'node:fs';
import { removeUnusedContent } from '../../image/remove/remove-image';
import type { Context } from '../../lib/context';
import { isErrno, TspodError } from '../../lib/errors';
import { randomId } from '../../lib/id';
import { removeTrees } from '../../runtime/tree';
import { buildCachePaths } from '../../store/build-cache-paths';
import { openStore } from '../../store/open-store';
import { lockFile } from '../../sys/file-lock';
import { cacheUsage } from './cache-usage';

/**
 * Removes what builds keep for the next ones, and what killed builds have left; returns the bytes that this has freed.
 * Error `in-use`: a build is running, whose steps use it.
 */
export function clearCache(ctx: Context): number {
  const store = openStore(ctx);
  const before = cacheUsage(ctx).bytes;
  const lock = lockFile(`${store.locks}/content`, { wait: false });
  if (lock === undefined)
    throw new TspodError('in-use', 'the build cache is in use: a build or a pull is running', {
      hint: 'wait for its end, then try again',
    });
  const gone = `${store.tmp}/image-gone-${randomId().slice(0, 16)}`;
  try {
    renameSync(buildCachePaths(store).root, gone);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  } finally {
    lock.release();
  }
  removeTrees(ctx, [gone]);
  removeUnusedContent(ctx);
  return Math.max(0, before - cacheUsage(ctx).bytes);
}
