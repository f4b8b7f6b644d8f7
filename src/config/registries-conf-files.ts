import { readdirSync, statSync } from 'node:fs';
import type { Context } from '../lib/context';
import { TspodError, isErrno } from '../lib/errors';

/** The files to read, in the order in which they count. */
export interface RegistriesConfPaths {
  /** The main file; undefined where there is none. */
  main: string | undefined;
  /** Those of registries.conf.d, as far as they count. */
  dropIns: string[];
}

const SYSTEM = '/etc/containers/registries.conf';
const VENDOR = '/usr/share/containers/registries.conf';

/**
 * The files of containers-registries.conf(5) that exist: one main file, the user's before the system's, then the drop-ins.
 * A user's own main file hides the system's drop-ins too; CONTAINERS_REGISTRIES_CONF and `--registries-conf` name another
 * main file. Error `not-found`: that one is missing.
 */
export function registriesConfFiles(ctx: Pick<Context, 'env' | 'home' | 'overrides'>): RegistriesConfPaths {
  const user = `${ctx.home}/.config/containers/registries.conf`;
  const named = namedFile(ctx);
  if (named === undefined && isThere(user)) return { main: user, dropIns: dropIns(`${user}.d`) };
  const main = named ?? [SYSTEM, VENDOR].find(isThere);
  return { main, dropIns: [`${VENDOR}.d`, `${SYSTEM}.d`, `${user}.d`].flatMap(dropIns) };
}

function namedFile({ env, overrides }: Pick<Context, 'env' | 'overrides'>): string | undefined {
  const path =
    overrides?.registriesConf ?? env['CONTAINERS_REGISTRIES_CONF'] ?? env['REGISTRIES_CONFIG_PATH'];
  if (path === undefined || path === '') return undefined;
  if (isThere(path)) return path;
  const speaker =
    overrides?.registriesConf !== undefined
      ? '--registries-conf'
      : env['CONTAINERS_REGISTRIES_CONF']
        ? 'CONTAINERS_REGISTRIES_CONF'
        : 'REGISTRIES_CONFIG_PATH';
  throw new TspodError('not-found', `the file "${path}" that ${speaker} names does not exist`);
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function dropIns(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    const wanted = entries.filter((entry) => entry.name.endsWith('.conf') && !entry.isDirectory());
    return wanted.map((entry) => `${directory}/${entry.name}`).sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
