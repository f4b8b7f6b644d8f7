import type { Credentials } from '../../config/credentials';
import type { Challenge } from './challenge';
import type { Way } from './redirect';
import { basicHeader, fetchToken } from './token';
import type { Token } from './token';

/** Knows what a registry wants to be shown, and keeps its tokens. */
export interface Authenticator {
  /** What the registry asked for last; nothing: it asks nobody. */
  accept(challenges: readonly Challenge[]): void;
  /** `Authorization` for a request; undefined where none is wanted, or there is nothing to show. */
  header(scopes: readonly string[]): Promise<string | undefined>;
  /** The registry did not take what it was shown for these scopes: the next one is new. */
  forget(scopes: readonly string[]): void;
  hasCredentials(): boolean;
}

/** What an authenticator works with. */
export interface AuthenticatorParts {
  way: Way;
  /** Asked once, when it is needed. */
  credentials(): Promise<Credentials | undefined>;
  loginHost: string;
  signal?: AbortSignal;
}

/** Makes the authenticator of one registry: Basic and Bearer (distribution specification, "Token Authentication"). */
export function makeAuthenticator(parts: AuthenticatorParts): Authenticator {
  const tokens = new Map<string, Promise<Token>>();
  let challenge: Challenge | undefined;
  let credentials: Promise<Credentials | undefined> | undefined;
  let hasAny = false;
  const own = async (): Promise<Credentials | undefined> => {
    credentials ??= parts.credentials();
    const found = await credentials;
    hasAny = found !== undefined;
    return found;
  };
  const askFor = async (challenge: Challenge, scopes: readonly string[]): Promise<Token> => {
    const { way, loginHost, signal } = parts;
    const request = { challenge, scopes, credentials: await own(), loginHost };
    return fetchToken(way, signal === undefined ? request : { ...request, signal });
  };
  const bearer = async (bearing: Challenge, scopes: readonly string[]): Promise<string> => {
    const key = scopes.join(' ');
    const known = tokens.get(key);
    const found = await known?.catch(() => undefined);
    if (found !== undefined && found.expires > Date.now()) return found.text;
    const newer = tokens.get(key);
    // of several requests at once the first asks
    const token = newer === known || newer === undefined ? askFor(bearing, scopes) : newer;
    tokens.set(key, token);
    return (await token).text;
  };
  return {
    accept(challenges) {
      challenge = challenges.find(({ scheme }) => scheme === 'basic' || scheme === 'bearer') ?? challenge;
    },
    async header(scopes) {
      if (challenge === undefined) return undefined;
      if (challenge.scheme === 'bearer') return `Bearer ${await bearer(challenge, scopes)}`;
      const account = await own();
      return account === undefined ? undefined : basicHeader(account);
    },
    forget: (scopes) => void tokens.delete(scopes.join(' ')),
    hasCredentials: () => hasAny,
  };
}
