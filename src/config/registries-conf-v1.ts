import { field, fieldError } from './registries-conf-fields';
import type { ConfTable } from './registries-conf-fields';
import type { RegistriesConfFile, RegistryEntry } from './registries-conf-types';

/** Whether a file is of version 1: it has `[registries.search]`, `[registries.insecure]` or `[registries.block]`. */
export function isVersion1(top: ConfTable): boolean {
  const table = field(top, 'registries', 'table') ?? {};
  return ['search', 'insecure', 'block'].some((each) => Object.hasOwn(table, each));
}

/** A file of version 1 as one of version 2. Error `invalid`: it has keys of version 2 too. */
export function convertVersion1(top: ConfTable): RegistriesConfFile {
  for (const key of ['registry', 'unqualified-search-registries', 'aliases', 'short-name-mode']) {
    if (Object.hasOwn(top.values, key))
      throw fieldError(top, key, 'cannot stand beside "registries" of version 1');
  }
  const entries = new Map<string, RegistryEntry>();
  const entryOf = (location: string): RegistryEntry => {
    const made = entries.get(location);
    if (made !== undefined) return made;
    const settings = { insecure: false, blocked: false, mirrors: [], origin: top.path };
    const entry = { prefix: location, location, ...settings };
    entries.set(location, entry);
    return entry;
  };
  for (const location of listOf(top, 'block')) entryOf(location).blocked = true;
  for (const location of listOf(top, 'insecure')) entryOf(location).insecure = true;
  const registries = [...entries.values()];
  return { path: top.path, searchRegistries: listOf(top, 'search'), aliases: new Map(), registries };
}

function listOf(top: ConfTable, name: string): string[] {
  const outer: ConfTable = { ...top, values: field(top, 'registries', 'table') ?? {}, name: 'registries' };
  const inner: ConfTable = { ...top, values: field(outer, name, 'table') ?? {}, name: `registries.${name}` };
  return (field(inner, 'registries', 'strings') ?? []).map((host) => host.replace(/\/+$/, ''));
}
