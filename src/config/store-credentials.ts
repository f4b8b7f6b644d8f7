import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { editAuthFile, readAuthFile } from './auth-file';
import type { AuthFile } from './auth-file';
import { authFileToWrite } from './auth-file-paths';
import type { AuthFileOptions } from './auth-file-paths';
import { eraseInHelper, listHelper, storeInHelper } from './credential-helper';
import { DOCKER_HUB_KEY } from './credentials';
import type { Credentials } from './credentials';
import { loadRegistriesConf } from './registries-conf';
import { AUTH_FILES_HELPER } from './registries-conf-types';

/**
 * Keeps credentials for `host[:port][/path]` in the first helper or file that takes them, and returns where, for people.
 * Errors: `unsupported` (a path, and a helper or Docker's format), those of the helpers and of writing the file.
 */
export async function storeCredentials(
  ctx: Context,
  key: string,
  credentials: Credentials,
  options: AuthFileOptions = {},
): Promise<string> {
  const failures: unknown[] = [];
  for (const helper of helpersOf(ctx, options)) {
    try {
      return helper === AUTH_FILES_HELPER
        ? await storeInFile(ctx, key, credentials, options)
        : await toHelper(ctx, helper, key, credentials);
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures[0] as Error;
}

/** Forgets the credentials of a key in every helper and in the file; false where none had any. Errors as of storing. */
export async function removeCredentials(
  ctx: Context,
  key: string,
  options: AuthFileOptions = {},
): Promise<boolean> {
  let isRemoved = false;
  for (const helper of helpersOf(ctx, options)) {
    const removed =
      helper === AUTH_FILES_HELPER
        ? await removeFromFile(ctx, key, options)
        : !key.includes('/') && (await eraseInHelper(ctx, helper, key));
    isRemoved ||= removed;
  }
  return isRemoved;
}

/** Forgets all credentials of the helpers and of the file. */
export async function removeAllCredentials(ctx: Context, options: AuthFileOptions = {}): Promise<void> {
  for (const helper of helpersOf(ctx, options)) {
    if (helper === AUTH_FILES_HELPER) await clearFile(ctx, options);
    else for (const server of await listHelper(ctx, helper)) await eraseInHelper(ctx, helper, server);
  }
}

/** Docker knows nothing of the helpers of registries.conf. */
function helpersOf(ctx: Context, { compatAuthFile }: AuthFileOptions): string[] {
  return compatAuthFile ? [AUTH_FILES_HELPER] : loadRegistriesConf(ctx).credentialHelpers;
}

async function toHelper(
  ctx: Context,
  helper: string,
  key: string,
  credentials: Credentials,
): Promise<string> {
  if (key.includes('/')) {
    const what = `docker-credential-${helper} keeps credentials of registries only, not of "${key}"`;
    throw new TspodError('unsupported', what, { hint: `log in to "${key.split('/')[0]}"` });
  }
  await storeInHelper(ctx, helper, key, credentials);
  return `credential helper: ${helper}`;
}

async function storeInFile(
  ctx: Context,
  key: string,
  credentials: Credentials,
  options: AuthFileOptions,
): Promise<string> {
  const path = authFileToWrite(ctx, options);
  const entryKey = options.compatAuthFile ? dockerKey(key) : key;
  const helper = helperFor(readAuthFile({ path, isLegacy: false }), key, options);
  if (helper !== undefined) return toHelper(ctx, helper, entryKey, credentials);
  const auth = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  editAuthFile(ctx, path, (file) => {
    file.auths[entryKey] = { auth };
  });
  return path;
}

/** Docker puts everything into the helper of `credsStore`, where there is one. */
function helperFor(file: AuthFile, key: string, { compatAuthFile }: AuthFileOptions): string | undefined {
  const own = Object.hasOwn(file.credHelpers, key) ? file.credHelpers[key] : undefined;
  return own ?? (compatAuthFile ? file.credsStore : undefined);
}

async function removeFromFile(ctx: Context, key: string, options: AuthFileOptions): Promise<boolean> {
  const path = authFileToWrite(ctx, options);
  const entryKey = options.compatAuthFile ? dockerKey(key) : key;
  const file = readAuthFile({ path, isLegacy: false });
  const helper = helperFor(file, key, options);
  const isErased = helper !== undefined && (await eraseInHelper(ctx, helper, entryKey));
  const wanted = [
    entryKey,
    ...(key === 'docker.io' || key === 'registry-1.docker.io' ? ['index.docker.io'] : []),
  ];
  const found = wanted.find((each) => Object.hasOwn(file.auths, each));
  if (found === undefined) return isErased;
  editAuthFile(ctx, path, ({ auths }) => {
    delete auths[found];
  });
  return true;
}

async function clearFile(ctx: Context, options: AuthFileOptions): Promise<void> {
  const path = authFileToWrite(ctx, options);
  const { credHelpers } = readAuthFile({ path, isLegacy: false });
  for (const [host, helper] of Object.entries(credHelpers)) await eraseInHelper(ctx, helper, host);
  editAuthFile(ctx, path, (file) => {
    file.auths = {};
    file.credHelpers = {};
    delete file.content['credHelpers'];
  });
}

/** As Docker writes a key. Error `unsupported`: Docker has no keys of paths. */
function dockerKey(key: string): string {
  if (key.includes('/')) {
    const what = `credentials cannot be recorded in Docker-compatible format with namespaced key "${key}"`;
    throw new TspodError('unsupported', what, { hint: 'use --authfile instead of --compat-auth-file' });
  }
  return key === 'docker.io' ? DOCKER_HUB_KEY : key;
}
