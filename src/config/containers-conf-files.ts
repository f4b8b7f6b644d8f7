import { readdirSync, statSync } from 'node:fs';
import type { Context } from '../lib/context';
import { TspodError, isErrno } from '../lib/errors';

/** A file of the configuration, with what tells its versions apart. */
export interface ConfPath {
  path: string;
  /** Changes whenever the file does. */
  version: string;
}

/** What decides where the files lie. */
type Place = Pick<Context, 'env' | 'home' | 'uid' | 'overrides'>;

const VENDOR = '/usr/share/containers/containers.conf';
const SYSTEM = '/etc/containers/containers.conf';

/**
 * The files of containers.conf(5) that exist, in the order in which they count: vendor, system, user, each with its
 * drop-ins; CONTAINERS_CONF stands for them all. The files of --module follow, CONTAINERS_CONF_OVERRIDE comes last. Throws 'not-found' when one that
 * a variable names is missing.
 */
export function containersConfFiles(ctx: Place): ConfPath[] {
  const { CONTAINERS_CONF: only, CONTAINERS_CONF_OVERRIDE: last } = ctx.env;
  return [
    ...(only ? named('CONTAINERS_CONF', only) : usual(ctx)),
    ...(ctx.overrides?.modules ?? []).map((name) => findModule(ctx, name)),
    ...(last ? named('CONTAINERS_CONF_OVERRIDE', last) : []),
  ];
}

function usual(ctx: Place): ConfPath[] {
  const system = [VENDOR, SYSTEM].flatMap(existing).concat(dropIns(`${SYSTEM}.d`));
  if (ctx.uid === 0) return system;
  const user = userFile(ctx);
  return [...system, ...existing(user), ...dropIns(`${user}.d`)];
}

function userFile(ctx: Place): string {
  const home = ctx.env['XDG_CONFIG_HOME'];
  return `${home?.startsWith('/') ? home : `${ctx.home}/.config`}/containers/containers.conf`;
}

/** A module is named by its full path, or looked for in the user's, the system's and the vendor's directory. */
function findModule(ctx: Place, name: string): ConfPath {
  const places = [userFile(ctx), SYSTEM, VENDOR].map((file) => `${file}.modules/${name}`);
  for (const path of name.startsWith('/') ? [name] : places) {
    const [found] = existing(path);
    if (found !== undefined) return found;
  }
  throw new TspodError('not-found', `the module "${name}" of containers.conf could not be found`, {
    hint: `put it into ${places.map((path) => path.slice(0, -name.length - 1)).join(' or ')}`,
  });
}

function named(variable: string, path: string): ConfPath[] {
  const found = existing(path);
  if (found.length > 0) return found;
  throw new TspodError('not-found', `the file "${path}" that ${variable} names does not exist`);
}

function dropIns(directory: string): ConfPath[] {
  // an exception costs more than all the other look-ups together
  if (statSync(directory, { throwIfNoEntry: false }) === undefined) return [];
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return [];
    throw error;
  }
  const wanted = names.filter((name) => name.endsWith('.conf')).sort();
  return wanted.flatMap((name) => existing(`${directory}/${name}`));
}

function existing(path: string): ConfPath[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile() && path !== '/dev/null') return [];
  return [{ path, version: `${stat?.ino}:${stat?.size}:${stat?.mtimeMs}` }];
}
