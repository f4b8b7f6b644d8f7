import { readFileSync } from 'node:fs';
import type { Context } from '../lib/context';
import { isErrno } from '../lib/errors';
import { registriesConfFiles } from './registries-conf-files';
import { AUTH_FILES_HELPER } from './registries-conf-types';
import type { RegistriesConf, RegistriesConfFile } from './registries-conf-types';
import { openParsedFiles } from './registries-conf-parsed';
import { shortNameAliases } from './short-name-aliases';

/** What was read is kept as long as its context, with what there is to tell of it. */
interface Read {
  conf: RegistriesConf;
  untold: Parameters<Context['log']>[];
}

const known = new WeakMap<object, Read>();

/**
 * What containers-registries.conf(5) says on this machine; empty where there is no file. Later files replace lists and
 * entries of the same prefix or short name; the aliases that were recorded after a choice stand above all. Error
 * `invalid`: names the file, the line and the key.
 */
export function loadRegistriesConf(ctx: Context): RegistriesConf {
  const { conf, untold } = read(ctx);
  for (const words of untold.splice(0)) ctx.log(...words);
  return conf;
}

/** The same; what there is to tell of the files is told by who loads them. */
export function peekRegistriesConf(ctx: Context): RegistriesConf {
  return read(ctx).conf;
}

function read(ctx: Context): Read {
  const before = known.get(ctx);
  if (before !== undefined) return before;
  const untold: Read['untold'] = [];
  const fresh = { conf: readAll(ctx, (...words) => untold.push(words)), untold };
  known.set(ctx, fresh);
  return fresh;
}

function readAll(ctx: Context, log: Context['log']): RegistriesConf {
  const { main, dropIns } = registriesConfFiles(ctx);
  const files: RegistriesConfFile[] = [];
  const parsed = openParsedFiles({ log, paths: ctx.paths });
  if (main !== undefined) files.push(parsed.parse(main, readFileSync(main, 'utf8'), false));
  for (const path of dropIns) {
    const text = readIfThere(path);
    if (text !== undefined) files.push(parsed.parse(path, text, true));
  }
  parsed.keep();
  const conf = mergeRegistriesConf(files);
  for (const [name, alias] of shortNameAliases(ctx)) conf.aliases.set(name, alias);
  return conf;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Puts files together, in the order in which they count. */
export function mergeRegistriesConf(files: readonly RegistriesConfFile[]): RegistriesConf {
  const conf: RegistriesConf = {
    searchRegistries: [],
    searchOrigin: files[0]?.path,
    shortNameMode: 'permissive',
    aliases: new Map(),
    registries: [],
    credentialHelpers: [],
    files: files.map(({ path }) => path),
  };
  for (const file of files) {
    if (file.searchRegistries !== undefined) {
      conf.searchRegistries = file.searchRegistries;
      conf.searchOrigin = file.path;
    }
    conf.shortNameMode = file.shortNameMode ?? conf.shortNameMode;
    conf.credentialHelpers = file.credentialHelpers ?? conf.credentialHelpers;
    const prefixes = new Set(file.registries.map(({ prefix }) => prefix));
    conf.registries = [...conf.registries.filter(({ prefix }) => !prefixes.has(prefix)), ...file.registries];
    for (const [name, alias] of file.aliases) conf.aliases.set(name, alias);
  }
  if (conf.credentialHelpers.length === 0) conf.credentialHelpers = [AUTH_FILES_HELPER];
  return conf;
}
