import type { Context } from '../lib/context';
import { TspodError, describeError } from '../lib/errors';
import { readAuthFile } from './auth-file';
import type { AuthEntry, AuthFile } from './auth-file';
import { authFilesToRead } from './auth-file-paths';
import type { AuthFileOptions, AuthPath } from './auth-file-paths';
import { getFromHelper } from './credential-helper';
import { loadRegistriesConf } from './registries-conf';
import { AUTH_FILES_HELPER } from './registries-conf-types';

/** What a user shows to a registry. */
export interface Credentials {
  username: string;
  password: string;
  /** A refresh token (OAuth 2), used instead of the password where it is there. */
  identityToken?: string;
}

/** Docker Hub as Docker names it in its files and helpers. */
export const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';

/**
 * The credentials for `host[:port][/path]`, the most specific entry first, from the helpers of registries.conf and the
 * files of containers-auth.json(5); undefined where nobody has any. Errors: `invalid` (a file is broken, a helper
 * fails), `machine` (a helper is missing).
 */
export async function findCredentials(
  ctx: Context,
  key: string,
  options: AuthFileOptions = {},
): Promise<Credentials | undefined> {
  const helpers = options.compatAuthFile ? [AUTH_FILES_HELPER] : loadRegistriesConf(ctx).credentialHelpers;
  let failure: unknown;
  for (const helper of helpers) {
    try {
      const found =
        helper === AUTH_FILES_HELPER
          ? await searchFiles(ctx, key, options)
          : await getFromHelper(ctx, helper, hostOf(key));
      if (found !== undefined) return found;
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure as Error;
  return undefined;
}

/** `host[:port]` of a key. */
export function hostOf(key: string): string {
  return key.split('/')[0] ?? key;
}

async function searchFiles(
  ctx: Context,
  key: string,
  options: AuthFileOptions,
): Promise<Credentials | undefined> {
  for (const path of authFilesToRead(ctx, options)) {
    const found = await searchFile(ctx, key, path);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Helpers know registries only, entries also paths below them. */
async function searchFile(ctx: Context, key: string, path: AuthPath): Promise<Credentials | undefined> {
  const file = readAuthFile(path);
  const helper = Object.hasOwn(file.credHelpers, hostOf(key)) ? file.credHelpers[hostOf(key)] : undefined;
  if (helper !== undefined) return getFromHelper(ctx, helper, hostOf(key));
  const entryKey = findEntryKey(file, key, path.isLegacy);
  const entry = entryKey === undefined ? undefined : file.auths[entryKey];
  const written = entry === undefined ? undefined : decodeEntry(ctx, path.path, entryKey ?? key, entry);
  return written ?? searchStore(ctx, file, key);
}

/** The key of the entry that fits best; undefined where none does. */
function findEntryKey({ auths }: AuthFile, key: string, isLegacy: boolean): string | undefined {
  const keys = isLegacy ? [hostOf(key)] : keysOf(key);
  const exact = keys.find((each) => Object.hasOwn(auths, each));
  if (exact !== undefined) return exact;
  const host = normalHost(hostOf(key));
  return Object.keys(auths).find((each) => hostOfEntry(each, isLegacy) === host);
}

/** `a.io/b/c`, `a.io/b`, `a.io`. */
function keysOf(key: string): string[] {
  const parts = key.split('/');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
}

/** Docker wrote URLs for some years. */
function hostOfEntry(key: string, isLegacy: boolean): string {
  const stripped = key.replace(/^http:\/\//, '').replace(/^https:\/\//, '');
  return normalHost(isLegacy || stripped !== key ? hostOf(stripped) : stripped);
}

function normalHost(host: string): string {
  return host === 'docker.io' || host === 'registry-1.docker.io' ? 'index.docker.io' : host;
}

/** Undefined of an empty entry: Docker leaves those where a helper keeps the credentials. */
function decodeEntry(
  ctx: Pick<Context, 'log'>,
  path: string,
  key: string,
  { auth = '', identitytoken }: AuthEntry,
): Credentials | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(auth.replace(/[\r\n]/g, ''))) {
    throw new TspodError('invalid', `reading "${path}": auths["${key}"].auth is no base64`, {
      hint: `log in to "${key}" again`,
    });
  }
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) {
    if (text !== '') ctx.log('warn', `"${path}": auths["${key}"].auth has no colon, it is passed over`);
    return identitytoken ? { username: '', password: '', identityToken: identitytoken } : undefined;
  }
  const username = text.slice(0, colon);
  const password = text.slice(colon + 1).replace(/^\0+|\0+$/g, '');
  if (username === '' && password === '' && !identitytoken) return undefined;
  return { username, password, ...(identitytoken ? { identityToken: identitytoken } : {}) };
}

/** Docker's helper for all registries; one that fails keeps nobody from a public image. */
async function searchStore(ctx: Context, file: AuthFile, key: string): Promise<Credentials | undefined> {
  if (file.credsStore === undefined) return undefined;
  const host = hostOf(key);
  try {
    return await getFromHelper(
      ctx,
      file.credsStore,
      normalHost(host) === 'index.docker.io' ? DOCKER_HUB_KEY : host,
    );
  } catch (error) {
    ctx.log('warn', describeError(error));
    return undefined;
  }
}
