import { findRegistry, rewriteName } from '../../config/find-registry';
import { loadRegistriesConf } from '../../config/registries-conf';
import type { RegistryEntry } from '../../config/registries-conf-types';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { dockerReference, formatReference, parseReference } from '../name/reference';
import type { ImageReference } from '../name/reference';

/** A place from which an image may come. */
export interface RegistryEndpoint {
  /** What is asked for there: registry, path, and the tag or digest of the image. */
  reference: ImageReference;
  /** Whether registries.conf allows plain HTTP and certificates that nobody vouches for. */
  insecure: boolean;
  /** Whether another place is asked after it. */
  isMirror: boolean;
}

/** The `[[registry]]` of registries.conf that an image belongs to; undefined where none does. */
function registryFor(ctx: Context, reference: ImageReference): RegistryEntry | undefined {
  return findRegistry(loadRegistriesConf(ctx), formatReference(dockerReference(reference)));
}

/**
 * Where to pull an image from: the mirrors that may be asked, in order, and then its registry. A mirror that lies below a
 * blocked prefix is left out. The reference has a domain. Errors: `denied` (registries.conf blocks it), `invalid` (a rewritten name is no image name).
 */
export function pullEndpoints(ctx: Context, reference: ImageReference): RegistryEndpoint[] {
  const full = dockerReference(reference);
  const entry = registryFor(ctx, full);
  if (entry === undefined) return [{ reference: full, insecure: false, isMirror: false }];
  refuseBlocked(entry);
  const unwanted = full.digest === undefined ? 'digest-only' : 'tag-only';
  const mirrors = entry.mirrors.filter(({ use }) => use !== unwanted);
  const places = mirrors.map(({ location, insecure }) => ({
    reference: rewrite(full, entry, location),
    insecure,
    isMirror: true,
  }));
  return [
    ...places.filter((place) => registryFor(ctx, place.reference)?.blocked !== true),
    { reference: rewrite(full, entry, entry.location), insecure: entry.insecure, isMirror: false },
  ];
}

/** Where to push an image to: its registry itself, without rewriting, as Podman does. Error `denied`: it is blocked. */
export function pushEndpoint(ctx: Context, reference: ImageReference): RegistryEndpoint {
  const full = dockerReference(reference);
  const entry = registryFor(ctx, full);
  if (entry !== undefined) refuseBlocked(entry);
  return { reference: full, insecure: entry?.insecure ?? false, isMirror: false };
}

function refuseBlocked({ blocked, prefix, origin }: RegistryEntry): void {
  if (!blocked) return;
  throw new TspodError('denied', `registry ${prefix} is blocked in ${origin}`, {
    hint: 'take away "blocked = true" there, when it is meant to be used',
  });
}

function rewrite(reference: ImageReference, entry: RegistryEntry, location: string): ImageReference {
  const name = rewriteName(formatReference(reference), entry.prefix, location);
  try {
    return parseReference(name);
  } catch (cause) {
    const made = `"${formatReference(reference)}" becomes "${name}" by the location "${location}"`;
    throw new TspodError('invalid', `reading "${entry.origin}": ${made}, which is no image name`, { cause });
  }
}
