import { hostOf } from '../../config/credentials';
import type { Credentials } from '../../config/credentials';
import type { AuthFileOptions } from '../../config/auth-file-paths';
import { loadRegistriesConf } from '../../config/registries-conf';
import { storeCredentials } from '../../config/store-credentials';
import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import { parseReference } from '../name/reference';
import type { ImageReference } from '../name/reference';
import type { RegistryOptions } from './types';

/** What credentials are for: `host[:port]`, or a path below it. */
export interface LoginTarget {
  key: string;
  /** `host[:port]`. */
  host: string;
}

/** A user's login at a registry. */
export interface LoginRequest {
  target: LoginTarget;
  credentials: Credentials;
  /** Where the credentials are kept. */
  files: AuthFileOptions;
  registry: RegistryOptions;
}

/** One question, one answer: who waits for a login sees at once that nobody is there. */
const once = { retry: 0 };

/**
 * What the argument of `login` and `logout` names; without one the first search registry of registries.conf. Of a URL
 * only the host counts. Error `usage`: it is no registry or repository, has a tag, or there is no default.
 */
export function parseLoginTarget(ctx: Context, text: string | undefined): LoginTarget {
  const [key] = text === undefined ? loadRegistriesConf(ctx).searchRegistries : [withoutUrl(text)];
  if (key === undefined) {
    throw new TspodError('usage', 'no registries found in registries.conf, a registry must be provided');
  }
  const host = hostOf(key);
  const { tag, digest } = parseTarget(key, host);
  if (tag !== undefined || digest !== undefined) {
    throw new TspodError('usage', `reference "${key}" contains tag or digest`, {
      hint: 'log in to a registry or to a repository',
    });
  }
  return { key, host };
}

/**
 * Lets the registry judge credentials, keeps them when it accepts them, and returns where, for people. Errors: `denied`
 * (it does not), `network`, those of keeping them.
 */
export async function login(ctx: Context, request: LoginRequest): Promise<string> {
  const { target, credentials, files } = request;
  if (!(await isAccepted(ctx, request))) {
    throw new TspodError('denied', `logging into "${target.key}": invalid username/password`);
  }
  return storeCredentials(ctx, target.key, credentials, files);
}

/** Whether the registry accepts credentials. Error `network`: it could not be asked. */
export async function isAccepted(
  ctx: Context,
  { target, credentials, registry }: LoginRequest,
): Promise<boolean> {
  const { checkLogin } = await import('./check-login');
  try {
    await checkLogin(ctx, target.host, { ...once, ...registry, credentials });
    return true;
  } catch (error) {
    if (!(error instanceof TspodError) || error.code !== 'denied')
      throw wrapError(`authenticating credentials for "${target.key}"`, error);
    ctx.log('debug', error.message);
    return false;
  }
}

function parseTarget(key: string, host: string): Pick<ImageReference, 'tag' | 'digest'> {
  if (key !== host) return parseReference(key);
  try {
    return parseReference(`${host}/any`);
  } catch (cause) {
    throw new TspodError('usage', `"${host}" is no name of a registry`, {
      hint: 'a registry is named HOST or HOST:PORT',
      cause,
    });
  }
}

function withoutUrl(text: string): string {
  if (!/^https?:\/\//.test(text)) return text;
  return URL.canParse(text) ? new URL(text).host : text;
}
