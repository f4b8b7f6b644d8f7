import { peekRegistriesConf } from '../../config/registries-conf';
import type { Context } from '../../lib/context';
import type { IndexEntry } from '../../store/image-index';
import { dockerReference, localReference, parseReference, repositoryOf } from '../name/reference';
import type { ImageReference } from '../name/reference';

/**
 * The full names that a reference may stand for in a store, in Podman's order: of a short name its alias, the one below
 * `localhost/`, those in the search registries, and the one of Docker Hub. Error `invalid`: registries.conf is broken.
 */
export function localCandidates(
  ctx: Context,
  entries: readonly IndexEntry[],
  reference: ImageReference,
): ImageReference[] {
  const local = localReference(reference);
  if (reference.domain !== undefined) return [local];
  // the files need not be read where no name of theirs can be found
  if (entries.every(({ name }) => name === undefined || name.startsWith('localhost/'))) return [local];
  const { aliases, searchRegistries } = peekRegistriesConf(ctx);
  const shortName = repositoryOf(reference);
  const alias = aliases.get(shortName)?.value ?? '';
  return [
    ...(alias === '' ? [] : [withTagOf(alias, reference)]),
    local,
    ...searchRegistries.map((host) => withTagOf(`${host}/${shortName}`, reference)),
    dockerReference(reference),
  ];
}

/** A full name with the tag and digest of the short one that it stands for, `latest` where it has none. */
export function withTagOf(name: string, { tag, digest }: ImageReference): ImageReference {
  return dockerReference({ ...parseReference(name), tag, digest });
}
