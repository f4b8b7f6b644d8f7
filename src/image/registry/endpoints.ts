import { findRegistry, rewriteName } from '../../config/find-registry';
import { loadRegistriesConf } from '../../config/registries-conf';
import type { RegistriesConf, RegistryEntry } from '../../config/registries-conf-types';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { formatReference, parseReference, repositoryOf } from '../reference';
import type { ImageReference } from '../reference';
import { makeRepository } from './repository';
import { makeSession } from './session';
import type { RegistryOptions, Repository } from './types';

/**
 * Where an image may be pulled from: the mirrors of registries.conf that may be asked for it, then the registry.
 * Nothing is contacted yet. The reference has to name a registry. Error `denied`: the registry is blocked.
 */
export function pullSources(ctx: Context, reference: ImageReference, options: RegistryOptions): Repository[] {
  const name = formatReference(reference);
  const entry = entryFor(loadRegistriesConf(ctx), name);
  if (entry === undefined) {
    return [
      open(ctx, repositoryOf(reference), options, { insecure: false, isMirror: false, isOther: false }),
    ];
  }
  const isDigest = reference.digest !== undefined;
  const mirrors = entry.mirrors.filter(({ use }) => use === 'all' || (use === 'digest-only') === isDigest);
  const places = [
    ...mirrors.map((mirror) => ({ ...mirror, isMirror: true })),
    { location: entry.location, insecure: entry.insecure, isMirror: false },
  ];
  return places.map(({ location, insecure, isMirror }) => {
    const rewritten = repositoryOf(parseReference(rewriteName(name, entry.prefix, location)));
    const isOther = rewritten.split('/')[0] !== reference.domain;
    return open(ctx, rewritten, options, { insecure, isMirror, isOther });
  });
}

/** Where an image is pushed to: the registry itself. Error `denied`: it is blocked. */
export function pushTarget(ctx: Context, reference: ImageReference, options: RegistryOptions): Repository {
  const entry = entryFor(loadRegistriesConf(ctx), formatReference(reference));
  const insecure = entry?.insecure ?? false;
  return open(ctx, repositoryOf(reference), options, {
    insecure,
    isMirror: false,
    isOther: false,
    canPush: true,
  });
}

/** The host that serves a registry: Docker Hub's differs from its name. */
export function contactedHost(registry: string): string {
  return registry === 'docker.io' || registry === 'index.docker.io' ? 'registry-1.docker.io' : registry;
}

/** What registries.conf says of an image. Error `denied`: it is blocked. */
function entryFor(conf: RegistriesConf, name: string): RegistryEntry | undefined {
  const entry = findRegistry(conf, name);
  if (entry?.blocked) {
    throw new TspodError('denied', `registry ${entry.prefix} is blocked in ${entry.origin}`, {
      hint: `take away "blocked = true" there, when it is meant to be used`,
    });
  }
  return entry;
}

interface Place {
  insecure: boolean;
  isMirror: boolean;
  /** Another host than the one that the user named. */
  isOther: boolean;
  canPush?: boolean;
}

function open(ctx: Context, name: string, options: RegistryOptions, place: Place): Repository {
  const slash = name.indexOf('/');
  const registry = name.slice(0, slash);
  const session = makeSession(
    ctx,
    {
      host: contactedHost(registry),
      loginKey: name,
      insecure: place.insecure,
      isMirror: place.isMirror,
      takesCredentials: !place.isOther,
    },
    options,
  );
  return makeRepository(session, name.slice(slash + 1), { label: name, canPush: place.canPush ?? false });
}
