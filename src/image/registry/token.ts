import type { Credentials } from '../../config/credentials';
import { TspodError } from '../../lib/errors';
import type { Challenge } from './challenge';
import { exchangeFollowing } from './redirect';
import type { Way } from './redirect';
import { responseError } from './response-error';
import { discard, readJson } from './response-text';
import type { HttpResponse } from './exchange';

/** A bearer token. */
export interface Token {
  text: string;
  /** ms since the epoch from which on it is not to be used any more. */
  expires: number;
}

/** Who asks for a token, and what for. */
export interface TokenRequest {
  challenge: Challenge;
  /** As `repository:library/busybox:pull`. */
  scopes: readonly string[];
  credentials: Credentials | undefined;
  /** Named in errors: `tspod login` wants it. */
  loginHost: string;
  signal?: AbortSignal;
}

// what the specification says a token without `expires_in` is good for, and how much earlier a new one is asked for
const defaultSeconds = 60;
const slack = 5_000;

/**
 * Asks a token server: GET (distribution specification, "Token Authentication"), POST with the form of OAuth 2 for an
 * identity token, and where the server has no GET. Errors: `denied`, `network`, `invalid`.
 */
export async function fetchToken(way: Way, request: TokenRequest): Promise<Token> {
  const realm = realmOf(request, way);
  const { credentials } = request;
  let response =
    credentials?.identityToken === undefined
      ? await getToken(way, realm, request)
      : await postToken(way, realm, request);
  if ([404, 405].includes(response.status) && credentials !== undefined) {
    discard(response);
    response =
      credentials.identityToken === undefined
        ? await postToken(way, realm, request)
        : await getToken(way, realm, request);
  }
  if (response.status !== 200) {
    const action = `getting a token from ${realm.host}`;
    throw await responseError(response, {
      action,
      loginHost: request.loginHost,
      hasCredentials: credentials !== undefined,
    });
  }
  return readToken(response, realm);
}

function realmOf({ challenge }: TokenRequest, way: Way): URL {
  const text = challenge.parameters.get('realm') ?? '';
  const realm = URL.canParse(text) ? new URL(text) : undefined;
  if (realm === undefined || (realm.protocol !== 'https:' && realm.protocol !== 'http:')) {
    throw new TspodError(
      'invalid',
      `the registry names no token server that could be asked: ${JSON.stringify(text)}`,
    );
  }
  if (realm.protocol === 'http:' && !way.allowsPlain) {
    throw new TspodError(
      'invalid',
      `the registry wants credentials to be sent to ${realm.host} without TLS`,
      {
        hint: '--tls-verify=false allows it',
      },
    );
  }
  return realm;
}

function getToken(way: Way, realm: URL, request: TokenRequest): Promise<HttpResponse> {
  const { challenge, scopes, credentials } = request;
  const url = new URL(realm);
  const service = challenge.parameters.get('service');
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const isUser = credentials !== undefined && credentials.username !== '';
  if (isUser) url.searchParams.set('account', credentials.username);
  const headers: Record<string, string> = isUser ? { authorization: basicHeader(credentials) } : {};
  return exchangeFollowing(way, { method: 'GET', url, headers, ...signalOf(request) });
}

function postToken(way: Way, realm: URL, request: TokenRequest): Promise<HttpResponse> {
  const { challenge, scopes, credentials } = request;
  const form = new URLSearchParams({
    client_id: 'tspod',
    service: challenge.parameters.get('service') ?? '',
  });
  if (scopes.length > 0) form.set('scope', scopes.join(' '));
  if (credentials?.identityToken !== undefined) {
    form.set('grant_type', 'refresh_token');
    form.set('refresh_token', credentials.identityToken);
  } else {
    form.set('grant_type', 'password');
    form.set('username', credentials?.username ?? '');
    form.set('password', credentials?.password ?? '');
  }
  const body = Buffer.from(form.toString());
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(body.length),
  };
  return exchangeFollowing(way, { method: 'POST', url: realm, headers, body, ...signalOf(request) });
}

async function readToken(response: HttpResponse, realm: URL): Promise<Token> {
  const answer = await readJson(response, `the token of ${realm.host}`);
  const text = [answer['token'], answer['access_token']].find(
    (value) => typeof value === 'string' && value !== '',
  );
  if (typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text))
    throw new TspodError('invalid', `${realm.host} answered without a token`);
  const { expires_in: seconds } = answer;
  const lasts =
    typeof seconds === 'number' && seconds > 0 ? Math.max(seconds, defaultSeconds) : defaultSeconds;
  return { text, expires: Date.now() + lasts * 1000 - slack };
}

/** `Authorization` for an account. */
export function basicHeader({ username, password }: Pick<Credentials, 'username' | 'password'>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function signalOf({ signal }: TokenRequest): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
