import { existsSync, statSync } from 'node:fs';
import type { Context } from '../lib/context';
import { TspodError, isErrno } from '../lib/errors';

/** Which files of credentials are meant, from the command line. */
export interface AuthFileOptions {
  /** `--authfile`: this file alone. */
  authFile?: string;
  /** `--compat-auth-file`: this file alone, written as Docker writes it. */
  compatAuthFile?: string;
}

/** A file of credentials. */
export interface AuthPath {
  path: string;
  /** `~/.dockercfg`: the entries stand at the top, by URL. */
  isLegacy: boolean;
}

type Where = Pick<Context, 'env' | 'home' | 'uid' | 'paths' | 'log'>;

/**
 * The files to look for credentials in, in order, as Podman: the one that `--authfile`, REGISTRY_AUTH_FILE or DOCKER_CONFIG
 * names alone; else the one that `login` writes, that of the configuration folder, and those of Docker. Some may be missing.
 */
export function authFilesToRead(ctx: Where, options: AuthFileOptions = {}): AuthPath[] {
  const named = namedFile(ctx, options);
  if (named !== undefined) return [{ path: named, isLegacy: false }];
  const config = ctx.env['XDG_CONFIG_HOME'] || `${ctx.home}/.config`;
  return [
    ...primaryFile(ctx),
    { path: `${config}/containers/auth.json`, isLegacy: false },
    { path: `${ctx.home}/.docker/config.json`, isLegacy: false },
    { path: `${ctx.home}/.dockercfg`, isLegacy: true },
  ];
}

/** The file that `login` and `logout` change. Error `machine`: XDG_RUNTIME_DIR names a folder that is missing. */
export function authFileToWrite(ctx: Where, options: AuthFileOptions = {}): string {
  return namedFile(ctx, options) ?? runtimeFile(ctx);
}

/** Error `not-found`: the file that `--authfile` names cannot be seen. */
export function requireAuthFile({ authFile }: AuthFileOptions): void {
  if (authFile === undefined) return;
  try {
    statSync(authFile);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) throw error;
    const reason = error.code === 'EACCES' ? 'permission denied' : 'no such file or directory';
    throw new TspodError('not-found', `credential file is not accessible: "${authFile}": ${reason}`, {
      hint: `make it with "tspod login --authfile ${authFile} REGISTRY"`,
    });
  }
}

function namedFile({ env }: Where, { authFile, compatAuthFile }: AuthFileOptions): string | undefined {
  if (authFile && compatAuthFile) {
    throw new TspodError('usage', '--authfile and --compat-auth-file cannot be set at the same time');
  }
  const docker = env['DOCKER_CONFIG'];
  const fromEnvironment = env['REGISTRY_AUTH_FILE'] || (docker ? `${docker}/config.json` : undefined);
  return authFile || compatAuthFile || fromEnvironment;
}

/** Nobody who pulls a public image needs the folder: its lack is only told. */
function primaryFile(ctx: Where): AuthPath[] {
  try {
    return [{ path: runtimeFile(ctx), isLegacy: false }];
  } catch (error) {
    if (!(error instanceof TspodError)) throw error;
    ctx.log('warn', error.message);
    return [];
  }
}

function runtimeFile({ env, uid, paths }: Where): string {
  const given = env['XDG_RUNTIME_DIR'];
  if (given) {
    if (existsSync(given)) return `${given}/containers/auth.json`;
    throw new TspodError('machine', `the directory "${given}" that XDG_RUNTIME_DIR names does not exist`, {
      hint: 'make it, or unset XDG_RUNTIME_DIR',
    });
  }
  if (uid === 0) return '/run/containers/0/auth.json';
  return existsSync(`/run/user/${uid}`)
    ? `/run/user/${uid}/containers/auth.json`
    : `${paths.runRoot}/containers/auth.json`;
}
