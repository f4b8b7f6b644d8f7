import type { Context } from '../../lib/context';
import { dockerReference, repositoryOf } from '../name/reference';
import type { ImageReference } from '../name/reference';
import { pullEndpoints, pushEndpoint } from './configured-endpoints';
import { makeRepository } from './repository';
import { makeSession } from './session';
import type { RegistryOptions, Repository } from './types';

/**
 * Where an image may be pulled from: the mirrors of registries.conf that may be asked for it, then the registry.
 * Nothing is contacted yet. The reference has to name a registry. Error `denied`: the registry is blocked.
 */
export function pullSources(ctx: Context, reference: ImageReference, options: RegistryOptions): Repository[] {
  const named = dockerReference(reference).domain;
  return pullEndpoints(ctx, reference).map(({ reference: at, insecure, isMirror }) =>
    open(ctx, repositoryOf(at), options, { insecure, isMirror, isOther: at.domain !== named }),
  );
}

/** Where an image is pushed to: the registry itself. Error `denied`: it is blocked. */
export function pushTarget(ctx: Context, reference: ImageReference, options: RegistryOptions): Repository {
  const { reference: at, insecure } = pushEndpoint(ctx, reference);
  const place = { insecure, isMirror: false, isOther: false, canPush: true };
  return open(ctx, repositoryOf(at), options, place);
}

/** The host that serves a registry: Docker Hub's differs from its name. */
export function contactedHost(registry: string): string {
  return registry === 'docker.io' || registry === 'index.docker.io' ? 'registry-1.docker.io' : registry;
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
