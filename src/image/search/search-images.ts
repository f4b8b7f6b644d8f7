import { loadRegistriesConf } from '../../config/registries-conf';
import type { Context } from '../../lib/context';
import { TspodError, describeError } from '../../lib/errors';
import { dockerReference, parseReference, repositoryOf } from '../name/reference';
import type { FoundRepository } from '../registry/search-registry';
import type { RegistryOptions } from '../registry/types';
import type { SearchFilters } from './search-filters';

/** What is looked for. */
export interface ImageSearch {
  /** Part of a name, with the registry before it or for all search registries of registries.conf. */
  term: string;
  /** For each registry; 25 by default. */
  limit?: number;
  filters: SearchFilters;
  registry: RegistryOptions;
}

/** A repository that was found, with the fields that templates may ask for. */
export interface SearchRow {
  Index: string;
  Name: string;
  Description: string;
  Stars: number;
  /** `[OK]` or empty. */
  Official: string;
  Automated: string;
  Tag: string;
}

const defaultLimit = 25;

/**
 * Searches the registry that the term names, or those of registries.conf, in parallel; the rows are in the order of the
 * registries. A registry that fails is told of when another one found something, else its error is thrown.
 */
export async function searchImages(ctx: Context, search: ImageSearch): Promise<SearchRow[]> {
  const { searchRegistry } = await import('../registry/search-registry');
  const { registries, term } = splitTerm(ctx, search.term);
  const limit = search.limit ?? defaultLimit;
  const answers = await Promise.allSettled(
    registries.map((registry) => searchRegistry(ctx, { registry, term, limit }, search.registry)),
  );
  const rows = answers.flatMap((answer, index) => {
    const found = answer.status === 'fulfilled' ? answer.value.slice(0, limit) : [];
    return found.filter(fits(search.filters)).map((each) => rowOf(registries[index] ?? '', each));
  });
  const failures = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [answer.reason as unknown] : [],
  );
  if (rows.length === 0 && failures.length > 0) throw together(failures);
  for (const failure of failures) ctx.log('warn', describeError(failure));
  return rows;
}

/** The tags of one repository, as rows. Errors as of `Repository.tags`. */
export async function searchTags(
  ctx: Context,
  { term, limit = defaultLimit, registry: options }: Omit<ImageSearch, 'filters'>,
): Promise<SearchRow[]> {
  const { pullSources } = await import('../registry/endpoints');
  const { registries, term: path } = splitTerm(ctx, term);
  const rows: SearchRow[] = [];
  const failures: unknown[] = [];
  for (const registry of registries) {
    const reference = dockerReference(parseReference(`${registry}/${path}`));
    try {
      const tags = (await pullSources(ctx, reference, options).at(-1)?.tags()) ?? [];
      const named = { ...emptyRow, Name: repositoryOf(reference) };
      rows.push(...tags.slice(0, limit).map((Tag) => ({ ...named, Tag })));
    } catch (error) {
      failures.push(error);
    }
  }
  if (rows.length === 0 && failures.length > 0) throw together(failures);
  for (const failure of failures) ctx.log('warn', describeError(failure));
  return rows;
}

const emptyRow: SearchRow = {
  ...{ Index: '', Name: '', Description: '', Stars: 0, Official: '', Automated: '', Tag: '' },
};

/** Everything before the first slash is the registry: a term is no reference, it may be half a name. Error `usage`: it is empty. */
function splitTerm(ctx: Context, text: string): { registries: string[]; term: string } {
  const slash = text.indexOf('/');
  if (slash === 0)
    throw new TspodError('usage', `search term "${text}": no registry stands before the slash`);
  if (slash >= 0) return { registries: [text.slice(0, slash)], term: text.slice(slash + 1) };
  const { searchRegistries } = loadRegistriesConf(ctx);
  if (searchRegistries.length === 0) {
    const hint = `name one: REGISTRY/${text}, or set unqualified-search-registries in registries.conf`;
    ctx.log('warn', `there is no registry to search: ${hint}`);
  }
  return { registries: searchRegistries, term: text };
}

function fits({ stars = 0, isOfficial, isAutomated }: SearchFilters): (found: FoundRepository) => boolean {
  return (found) =>
    found.stars >= stars &&
    (isOfficial === undefined || found.isOfficial === isOfficial) &&
    (isAutomated === undefined || found.isAutomated === isAutomated);
}

function rowOf(registry: string, found: FoundRepository): SearchRow {
  const isHub = registry === 'docker.io' || registry.endsWith('.docker.io');
  const path = isHub && !found.name.includes('/') ? `library/${found.name}` : found.name;
  return {
    Index: registry,
    Name: `${isHub ? 'docker.io' : registry}/${path}`,
    Description: found.description,
    Stars: found.stars,
    Official: found.isOfficial ? '[OK]' : '',
    Automated: found.isAutomated ? '[OK]' : '',
    Tag: '',
  };
}

function together(failures: readonly unknown[]): unknown {
  if (failures.length === 1) return failures[0];
  return new TspodError('network', failures.map(describeError).join('; '), { cause: failures[0] });
}
