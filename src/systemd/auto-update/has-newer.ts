import { imageNotKnown } from '../../image/find/ensure-image';
import { findImage } from '../../image/find/find-image';
import { isCurrent } from '../../image/pull/is-current';
import type { RegistryOptions } from '../../image/registry/types';
import type { Context } from '../../lib/context';
import { readImageIndex } from '../../store/image-index';
import { storePaths } from '../../store/store-paths';
import type { UpdateSubject } from './types';

/** Whether the name of a container's image leads to another image now, in its registry or in the store. */
export async function hasNewer(
  ctx: Context,
  { policy, image, imageId }: UpdateSubject,
  registry: RegistryOptions,
): Promise<boolean> {
  if (policy === 'registry') return !(await isCurrent(ctx, bareName(image), { imageId, registry }));
  const entry = findImage(ctx, readImageIndex(storePaths(ctx)), image);
  if (entry === undefined) throw imageNotKnown(image);
  return entry.imageId !== imageId;
}

/** Without the transport that may stand before it. */
export function bareName(image: string): string {
  return image.replace(/^docker:\/\//, '');
}
