import type { Context } from '../../lib/context';
import { readImageIndex } from '../../store/image-index';
import { storePaths } from '../../store/store-paths';
import { findImage } from '../find/find-image';
import { readImageRecord } from '../find/image-record';
import { instanceFor } from '../find/list-instance';
import { fitsPlatform } from '../format/platform';
import type { Platform } from '../format/platform';
import { isComplete } from './find-complete';

/** The id of the image of the store that a name leads to, when it is complete and for the platform. */
export function findLocal(ctx: Context, name: string, platform: Platform | undefined): string | undefined {
  const store = storePaths(ctx);
  const entries = readImageIndex(store);
  const found = findImage(ctx, entries, name);
  const entry = found === undefined ? undefined : instanceFor(store, entries, found, platform);
  if (entry === undefined || !isComplete(store, entry)) return undefined;
  const { id, config } = readImageRecord(store, entry);
  return platform === undefined || fitsPlatform(config, platform) ? id : undefined;
}
