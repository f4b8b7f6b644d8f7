import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { dockerReference, formatReference, parseReference, repositoryOf } from '../name/reference';
import { resolveShortName } from '../name/short-name';
import { openSources } from './open-sources';
import { pullImage } from './pull-image';
import type { PulledImage, PullOptions } from './pull-request';

/** Pulls the images of all tags of a repository, one after the other. Error `usage`: the name has a tag or digest. */
export async function* pullAllTags(
  ctx: Context,
  name: string,
  options: PullOptions,
): AsyncGenerator<PulledImage> {
  const given = parseReference(name);
  if (given.tag !== undefined || given.digest !== undefined) {
    throw new TspodError(
      'usage',
      `${JSON.stringify(name)}: all tags are pulled of a name without tag or digest`,
    );
  }
  const [reference] = (await resolveShortName(ctx, given)).references;
  const full = dockerReference(reference ?? given);
  const repository = repositoryOf(full);
  const tags = await tagsOf(ctx, { ...full, tag: undefined }, options);
  if (tags.length === 0) throw new TspodError('not-found', `${repository} has no tags`);
  for (const tag of tags) yield await pullImage(ctx, formatReference({ ...full, tag }), options);
}

async function tagsOf(
  ctx: Context,
  reference: ReturnType<typeof parseReference>,
  options: PullOptions,
): Promise<string[]> {
  let last: unknown;
  for (const source of await openSources(ctx, reference, options)) {
    try {
      return await source.tags();
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
