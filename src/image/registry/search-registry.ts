import { findRegistry } from '../../config/find-registry';
import { loadRegistriesConf } from '../../config/registries-conf';
import type { Context } from '../../lib/context';
import { TspodError, describeError } from '../../lib/errors';
import { cleanText } from './clean-text';
import { nextPage } from './next-page';
import { discard, readJson } from './response-text';
import { makeSession } from './session';
import type { Session } from './session';
import { during } from './transient';
import type { RegistryOptions } from './types';

/** What a registry knows of a repository. */
export interface FoundRepository {
  /** Without the registry's name. */
  name: string;
  description: string;
  stars: number;
  isOfficial: boolean;
  isAutomated: boolean;
}

/** What is looked for in one registry. */
export interface RegistrySearch {
  /** `host[:port]`. */
  registry: string;
  /** Part of a name; empty for all. */
  term: string;
  limit: number;
}

const mostPages = 1000;

/**
 * Searches a registry as Podman does: by the search of version 1 of Docker's API, which Docker Hub and others have, and
 * where that finds nothing in the list of version 2. Errors `couldn't search registry "HOST": ...`.
 */
export async function searchRegistry(
  ctx: Context,
  search: RegistrySearch,
  options: RegistryOptions,
): Promise<FoundRepository[]> {
  const { registry } = search;
  const entry = findRegistry(loadRegistriesConf(ctx), registry);
  if (entry?.blocked)
    throw new TspodError(
      'denied',
      `couldn't search registry "${registry}": it is blocked in ${entry.origin}`,
    );
  // the host that has the images of Docker Hub has no search
  const host = registry === 'docker.io' ? 'index.docker.io' : registry;
  const place = { host, loginKey: registry, insecure: entry?.insecure ?? false, takesCredentials: true };
  const session = makeSession(ctx, place, options);
  try {
    await session.protocol();
    const found = search.term === '' ? [] : await searchV1(ctx, session, search);
    return found.length > 0 ? found : await searchCatalog(session, search);
  } catch (error) {
    throw during(`couldn't search registry "${registry}"`, error);
  }
}

/** Nothing where the registry has no such search: most have none. */
async function searchV1(ctx: Context, session: Session, search: RegistrySearch): Promise<FoundRepository[]> {
  const isHub = search.registry === 'docker.io';
  // Docker Hub does not find "library/x"
  const term = isHub ? search.term.replace(/^library\//, '') : search.term;
  const query = new URLSearchParams({ q: term, n: String(search.limit) });
  const target = `/v1/search?${query.toString()}`;
  try {
    const response = await session.request({ method: 'GET', target, scopes: [], isAnonymous: true });
    if (response.status !== 200) {
      discard(response);
      ctx.log('debug', `${search.registry} has no search of version 1: it answered ${response.status}`);
      return [];
    }
    const { results } = await readJson(response, 'the result');
    return Array.isArray(results) ? results.map(readResult) : [];
  } catch (error) {
    ctx.log('debug', `search of version 1 in ${search.registry}: ${describeError(error)}`);
    return [];
  }
}

function readResult(result: unknown): FoundRepository {
  const fields = (result ?? {}) as Record<string, unknown>;
  const text = (key: string): string => (typeof fields[key] === 'string' ? cleanText(fields[key]) : '');
  return {
    name: text('name'),
    description: text('description'),
    stars: Number.isSafeInteger(fields['star_count']) ? Number(fields['star_count']) : 0,
    isOfficial: fields['is_official'] === true,
    isAutomated: fields['is_automated'] === true,
  };
}

/** The names of the registry's list that have the term in them, the one that is the term first. */
async function searchCatalog(session: Session, { term, limit }: RegistrySearch): Promise<FoundRepository[]> {
  const names: string[] = [];
  let target: string | URL | undefined = '/v2/_catalog';
  for (let page = 0; target !== undefined && names.length < limit && page < mostPages; page += 1) {
    const scopes = ['registry:catalog:*'];
    const response = await session.request({ method: 'GET', target, scopes });
    if (response.status !== 200) throw await session.failure(response, 'reading its list of repositories');
    const { repositories } = await readJson(response, 'its list of repositories');
    for (const name of Array.isArray(repositories) ? repositories : []) {
      if (typeof name === 'string' && name.includes(term)) names.push(cleanText(name));
    }
    target = nextPage(response);
  }
  const exact = names.filter((name) => name === term);
  const ordered = [...exact, ...names.filter((name) => name !== term)].slice(0, limit);
  return ordered.map((name) => ({ name, description: '', stars: 0, isOfficial: false, isAutomated: false }));
}
