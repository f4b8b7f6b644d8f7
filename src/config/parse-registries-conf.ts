import { parse } from 'smol-toml';
import type { Context } from '../lib/context';
import { findArrayKeyLine } from './find-array-key';
import { findKeyLine } from './find-key';
import { tomlError } from './toml-error';
import { parseRegistries } from './parse-registry-entry';
import { convertVersion1, isVersion1 } from './registries-conf-v1';
import { field, fieldError, originOf } from './registries-conf-fields';
import type { ConfTable } from './registries-conf-fields';
import { SHORT_NAME_MODES } from './registries-conf-types';
import type { RegistriesConfFile, ShortNameAlias, ShortNameMode } from './registries-conf-types';

const TOP_KEYS = ['registry', 'aliases', 'registries', 'unqualified-search-registries', 'short-name-mode'];
/** Known to Podman, without a meaning here. */
const IDLE_KEYS = ['additional-layer-store-auth-helper'];
const HOST =
  /^([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(\.([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(:[0-9]+)?$/;

/**
 * Reads one file of containers-registries.conf(5), of version 2, or of version 1 where it is the main file. Unknown keys
 * are told. Error `invalid`: names the file, the line and the key.
 */
export function parseRegistriesConf(
  ctx: Pick<Context, 'log'>,
  path: string,
  text: string,
  options: { isDropIn?: boolean } = {},
): RegistriesConfFile {
  const top = topTable(path, text);
  tellUnknownKeys(ctx, top);
  if (isVersion1(top)) {
    if (options.isDropIn)
      throw fieldError(top, 'registries', 'is of version 1, drop-ins have to be of version 2');
    return convertVersion1(top);
  }
  const file: RegistriesConfFile = {
    path,
    aliases: parseAliases(top),
    registries: parseRegistries(ctx, top, text),
  };
  const search = field(top, 'unqualified-search-registries', 'strings');
  if (search !== undefined) file.searchRegistries = search.map((host) => searchRegistry(top, host));
  const mode = shortNameMode(top);
  if (mode !== undefined) file.shortNameMode = mode;
  const helpers = field(top, 'credential-helpers', 'strings');
  if (helpers !== undefined) file.credentialHelpers = helpers;
  return file;
}

/** The `[aliases]` of a file; of short-name-aliases.conf too. */
export function parseAliases(top: ConfTable): Map<string, ShortNameAlias> {
  const table = field(top, 'aliases', 'table') ?? {};
  const aliases: ConfTable = {
    ...top,
    values: table,
    name: 'aliases',
    lineOf: (key) => top.lineOf(`aliases ${key}`),
  };
  const found = new Map<string, ShortNameAlias>();
  for (const name of Object.keys(table)) {
    const value = field(aliases, name, 'string') ?? '';
    const problem = aliasProblem(name, value);
    if (problem !== undefined) throw fieldError(aliases, `"${name}"`, problem);
    found.set(name, { value, origin: top.path });
  }
  return found;
}

/** The table of a whole file. Error `invalid`: it is not TOML. */
export function topTable(path: string, text: string): ConfTable {
  const lineOf = (key: string): number | undefined => {
    if (key.startsWith('aliases ')) return aliasLine(text, key.slice('aliases '.length));
    return findKeyLine(text, '', key) ?? findArrayKeyLine(text, [key, 0], '');
  };
  try {
    return { values: parse(text), name: '', lineOf, path };
  } catch (cause) {
    throw tomlError(
      { path, text },
      cause,
      'mend the file; containers-registries.conf(5) tells how it is written',
    );
  }
}

/** Names of aliases have slashes, which other keys have not. */
function aliasLine(text: string, quoted: string): number | undefined {
  const name = quoted.replace(/^"|"$/g, '');
  const at = text.split('\n').findIndex((line) => {
    const [, first] = /^\s*["']?([^"'=]+?)["']?\s*=/.exec(line) ?? [];
    return first === name;
  });
  return at < 0 ? undefined : at + 1;
}

function aliasProblem(name: string, value: string): string | undefined {
  const [host = ''] = name.split('/');
  const isShort = !name.includes('/') || !(/[.:]/.test(host) || host === 'localhost');
  if (!/^[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/.test(name) || !isShort) {
    return 'is no short name: it has a registry, a tag, a digest or wrong characters';
  }
  if (value === '') return undefined;
  const slash = value.indexOf('/');
  const registry = value.slice(0, Math.max(slash, 0));
  const isFull = /[.:]/.test(registry) || registry === 'localhost';
  if (!isFull) return `must be a name with a registry, got "${value}"`;
  if (/[:@]/.test(value.slice(slash))) return `must have neither tag nor digest, got "${value}"`;
  if (!HOST.test(registry) || !/^(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/.test(value.slice(slash))) {
    return `is no image name: "${value}"`;
  }
  return undefined;
}

function searchRegistry(top: ConfTable, text: string): string {
  const host = text.replace(/\/+$/, '');
  if (HOST.test(host)) return host;
  throw fieldError(top, 'unqualified-search-registries', `must be hosts with or without port, got "${text}"`);
}

function shortNameMode(top: ConfTable): ShortNameMode | undefined {
  const mode = field(top, 'short-name-mode', 'string');
  if (mode === undefined || mode === '') return undefined;
  if (SHORT_NAME_MODES.some((each) => each === mode)) return mode as ShortNameMode;
  throw fieldError(top, 'short-name-mode', `must be one of ${SHORT_NAME_MODES.join(', ')}, got "${mode}"`);
}

function tellUnknownKeys(ctx: Pick<Context, 'log'>, top: ConfTable): void {
  for (const key of Object.keys(top.values)) {
    if (TOP_KEYS.includes(key) || key === 'credential-helpers') continue;
    const level = IDLE_KEYS.includes(key) ? 'debug' : 'warn';
    const what = level === 'debug' ? 'has no effect in tspod' : 'is not known, it has no effect';
    ctx.log(level, `${originOf(top, key)}: ${key} ${what}`);
  }
}
