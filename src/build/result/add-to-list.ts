import { createList } from '../../image/manifest-list/edit-list';
import { hasList, requireList } from '../../image/manifest-list/local-list';
import { resolveImage } from '../../image/find/resolve';
import { untagImage } from '../../image/name/tag-image';
import type { Context } from '../../lib/context';
import type { BuildRequest, BuildResult } from '../request';

/**
 * Puts the images of one or several platforms on a list: that of `--manifest`, to which they are added, or new ones with the
 * names of `--tag`.
 */
export async function addToList(
  ctx: Context,
  request: BuildRequest,
  results: readonly BuildResult[],
): Promise<BuildResult> {
  const { manifestList, tags, registry } = request;
  const images = results.flatMap(({ imageId }) => imageId ?? []);
  const options = { all: true, registry, annotations: {} };
  for (const name of manifestList === undefined ? tags : [manifestList]) {
    if (manifestList === undefined) freeName(ctx, name);
    await createList(ctx, name, images, { ...options, amend: manifestList !== undefined });
  }
  const name = manifestList ?? tags[0];
  // without a name there is nothing but the images
  if (name === undefined) return results.at(-1) ?? { names: [] };
  return { imageId: requireList(ctx, name).id, names: manifestList === undefined ? tags : [manifestList] };
}

/** As with a single image, a name goes over to what was built last. */
function freeName(ctx: Context, name: string): void {
  if (hasList(ctx, name) || resolveImage(ctx, name) !== undefined) untagImage(ctx, name, [name]);
}
