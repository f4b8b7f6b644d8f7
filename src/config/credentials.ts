import type { Context } from '../lib/context';

/** What a user shows to a registry. */
export interface Credentials {
  username: string;
  password: string;
  /** A refresh token (OAuth 2), used instead of the password where it is there. */
  identityToken?: string;
}

/** Which files are asked. */
export interface AuthFileOptions {
  /** `--authfile`: this file alone. */
  authFile?: string;
  /** `--compat-auth-file`: this file alone, written as Docker writes it. */
  compatAuthFile?: string;
}

/**
 * The credentials for `host[:port][/path]`, the most specific entry first, from the helpers of registries.conf and the
 * files of containers-auth.json(5); undefined where nobody has any. Error `invalid`: a file is broken.
 */
export function findCredentials(
  ctx: Context,
  key: string,
  options: AuthFileOptions = {},
): Promise<Credentials | undefined> {
  void [ctx, key, options];
  return Promise.resolve(undefined);
}
