import { loadRegistriesConf } from '../../config/registries-conf';
import type { RegistriesConf } from '../../config/registries-conf-types';
import { recordShortName } from '../../config/short-name-aliases';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { withTagOf } from '../find/local-candidates';
import { dockerReference, formatReference, parseReference, repositoryOf } from './reference';
import type { ImageReference } from './reference';

/** Lets the user choose one of several full names. */
export type AskForName = (names: readonly string[]) => Promise<string>;

/** The full names that a name may stand for. */
export interface ResolvedName {
  /** To be tried in order; with registry, and with tag or digest. */
  references: ImageReference[];
  /** What Podman says before it pulls, for standard error: `Resolved "x" as an alias (FILE)`. */
  description?: string;
  /** Keeps the choice of the user for the next time; called after a pull that succeeded. */
  record(): void;
}

/**
 * Resolves a name as Podman does before a pull: a full name stays, a short one is looked up among the aliases and then
 * completed with the search registries of registries.conf. `ask` is given where the user can be asked. Errors:
 * `not-found` (no alias and no search registry), `state` (the choice is enforced and nobody can be asked).
 */
export async function resolveShortName(
  ctx: Context,
  reference: ImageReference,
  options: { ask?: AskForName } = {},
): Promise<ResolvedName> {
  const record = () => undefined;
  if (isFullName(reference)) return { references: [dockerReference(reference)], record };
  const conf = loadRegistriesConf(ctx);
  const shortName = repositoryOf(reference);
  const alias = conf.aliases.get(shortName);
  if (alias !== undefined && alias.value !== '') {
    const description = `Resolved "${shortName}" as an alias (${alias.origin})`;
    return { references: [withTagOf(alias.value, reference)], description, record };
  }
  if (conf.searchRegistries.length === 0) throw unresolved(conf, reference);
  const references = conf.searchRegistries.map((host) => withTagOf(`${host}/${shortName}`, reference));
  const description = `Resolving "${shortName}" using unqualified-search registries (${conf.searchOrigin})`;
  if (conf.shortNameMode === 'disabled' || references.length === 1)
    return { references, description, record };
  if (options.ask !== undefined) return choose(ctx, shortName, references, options.ask);
  if (conf.shortNameMode === 'permissive') return { references, description, record };
  throw new TspodError(
    'state',
    `short name "${shortName}" could be of several registries, and nobody can be asked`,
    {
      hint: `use a full name: ${references.map(formatReference).join(', ')}`,
    },
  );
}

/** Whether the first part of a name is a registry. */
function isFullName({ domain }: ImageReference): boolean {
  return domain !== undefined && (/[.:]/.test(domain) || domain === 'localhost');
}

async function choose(
  ctx: Context,
  shortName: string,
  references: readonly ImageReference[],
  ask: AskForName,
): Promise<ResolvedName> {
  const chosen = parseReference(await ask(references.map(formatReference)));
  return { references: [chosen], record: () => recordShortName(ctx, shortName, repositoryOf(chosen)) };
}

function unresolved({ searchOrigin }: RegistriesConf, reference: ImageReference): TspodError {
  const name = formatReference(reference);
  // a first part with capitals is taken for a registry, which it would have to be again in the full name
  const path =
    reference.domain === undefined ? reference.path : `${reference.domain.toLowerCase()}/${reference.path}`;
  const full = formatReference(dockerReference({ ...reference, path, domain: 'docker.io' }));
  const why =
    searchOrigin === undefined
      ? 'no registries.conf was found'
      : `no unqualified-search-registries are defined in "${searchOrigin}"`;
  return new TspodError('not-found', `short name "${name}" did not resolve to an alias and ${why}`, {
    hint: `use the full name, such as "${full}"`,
  });
}
