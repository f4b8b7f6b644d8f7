import type { Platform } from '../../image/platform';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { StorePaths } from '../../store/store-paths';
import type { BuildRequest, BuildResult } from '../request';

/** Puts the images of several platforms into one list. */
export async function addToList(
  _ctx: Context,
  _store: StorePaths,
  request: BuildRequest,
  _results: readonly { platform: Platform; result: BuildResult }[],
): Promise<BuildResult> {
  throw new TspodError('unsupported', `list of images "${request.manifestList ?? ''}"`);
}
