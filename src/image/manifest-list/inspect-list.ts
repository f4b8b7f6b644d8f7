import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import { parseObject } from '../format/image-config';
import { formatReference, parseReference } from '../name/reference';
import type { RegistryOptions } from '../registry/types';
import { resolveShortName } from '../name/short-name';
import { parseTransport } from '../transport/parse-transport';
import { hasList, requireList } from './local-list';
import { fetchFirst } from './remote-manifest';

/** A list of manifests, or what a registry has instead of one. */
export interface InspectedList {
  content: object;
  /** Its media type where it is an image, not a list. */
  image: string | undefined;
}

/** The content of a list of the store, else of the registry that its name leads to. Errors: those of the registry. */
export async function inspectList(
  ctx: Context,
  name: string,
  registry: RegistryOptions,
): Promise<InspectedList> {
  const place = parseTransport(name);
  if (place === undefined && hasList(ctx, name))
    return { content: requireList(ctx, name).content, image: undefined };
  const text = place?.transport === 'docker' ? place.path : name;
  const { references } = await resolveShortName(ctx, parseReference(text));
  let last: unknown;
  for (const reference of references) {
    try {
      const { bytes, mediaType } = await fetchFirst(ctx, reference, registry);
      const content = parseObject(bytes, 'manifest');
      return { content, image: 'manifests' in content ? undefined : mediaType };
    } catch (error) {
      last = wrapError(`reading the manifest of ${formatReference(reference)}`, error);
    }
  }
  throw (last as Error | undefined) ?? new TspodError('not-found', `${name}: image not known`);
}
