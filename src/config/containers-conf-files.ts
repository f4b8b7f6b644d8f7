import { readdirSync, statSync } from 'node:fs';
import type { Context } from '../lib/context';
import { TspodError, isErrno } from '../lib/errors';

/** A file of the configuration, with what tells its versions apart. */
export interface ConfPath {
  path: string;
  /** Changes whenever the file does. */
  version: string;
}

const VENDOR = '/usr/share/containers/containers.conf';
const SYSTEM = '/etc/containers/containers.conf';

/**
 * The files of containers.conf(5) that exist, in the order in which they count: vendor, system, user, each with its
 * drop-ins; CONTAINERS_CONF stands for them all, CONTAINERS_CONF_OVERRIDE comes last. Throws 'not-found' when one that
 * a variable names is missing.
 */
export function containersConfFiles(ctx: Pick<Context, 'env' | 'home' | 'uid'>): ConfPath[] {
  const { CONTAINERS_CONF: only, CONTAINERS_CONF_OVERRIDE: last } = ctx.env;
  return [
    ...(only ? named('CONTAINERS_CONF', only) : usual(ctx)),
    ...(last ? named('CONTAINERS_CONF_OVERRIDE', last) : []),
  ];
}

function usual(ctx: Pick<Context, 'env' | 'home' | 'uid'>): ConfPath[] {
  const system = [VENDOR, SYSTEM].flatMap(existing).concat(dropIns(`${SYSTEM}.d`));
  if (ctx.uid === 0) return system;
  const home = ctx.env['XDG_CONFIG_HOME'];
  const user = `${home?.startsWith('/') ? home : `${ctx.home}/.config`}/containers/containers.conf`;
  return [...system, ...existing(user), ...dropIns(`${user}.d`)];
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
