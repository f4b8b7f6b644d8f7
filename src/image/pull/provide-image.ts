import type { Context } from '../../lib/context';
import type { ImageFetch } from '../find/ensure-image';
import { fitsPlatform, mismatchOf } from '../format/platform';
import { resolveImage } from '../find/resolve';
import { pullImage } from './pull-image';

/** The id of the image that `run` and `create` are to use, from the store, or pulled as it says. Errors: as `pullImage`. */
export async function provideImage(ctx: Context, name: string, fetch: ImageFetch): Promise<string> {
  const { policy, platform } = fetch;
  const found = resolveImage(ctx, name);
  // an id is not a name that a registry knows
  if (found !== undefined && isId(name, found.id)) return found.id;
  const wanted = platform === undefined ? {} : { platform };
  const { id } = await pullImage(ctx, name, {
    ...(await fetch.options()),
    ...wanted,
    policy,
  });
  const image = resolveImage(ctx, id);
  if (image !== undefined && platform !== undefined && !fitsPlatform(image.config, platform))
    ctx.log('warn', mismatchOf(image.config, platform));
  return id;
}

function isId(name: string, id: string): boolean {
  return id.startsWith(name.replace(/^sha256:/, ''));
}
