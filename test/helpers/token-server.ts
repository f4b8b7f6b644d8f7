import { createSign, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Certificates } from './certificates';

/** What a token server was asked. */
export interface TokenRequest {
  method: string;
  /** Of the query, or of the form of a POST. */
  parameters: URLSearchParams;
  authorization: string | undefined;
}

/** How a token server behaves; may be changed while it runs. */
export interface TokenBehaviour {
  /** The name of the token in the answer. `token` by default. */
  field: 'token' | 'access_token';
  /** Seconds that a token is good for. */
  expiresIn: number;
  /** Answers POST (the form of OAuth 2) with 404, as older servers do. */
  refusesPost: boolean;
}

/** A token server as docker-registry's `auth: token` wants one. */
export interface TokenServer {
  url: string;
  requests: TokenRequest[];
  behaviour: TokenBehaviour;
  /** A refresh token that it takes for the account. */
  identityToken: string;
  stop(): Promise<void>;
}

const account = { username: 'ada', password: 'open sesame' };

/** Starts a token server that signs with the key of `certificates`. The account may do all; others may read `public/`. */
export async function startTokenServer(certificates: Certificates): Promise<TokenServer> {
  const behaviour: TokenBehaviour = { field: 'token', expiresIn: 300, refusesPost: false };
  const requests: TokenRequest[] = [];
  const identityToken = `identity-${randomUUID()}`;
  const server = createServer((request, response) => {
    void readRequest(request).then((asked) => {
      requests.push(asked);
      const user = userOf(asked, identityToken);
      const isRefused = user === 'wrong' || (asked.method === 'POST' && behaviour.refusesPost);
      const status = user === 'wrong' ? 401 : isRefused ? 404 : 200;
      const scopes = asked.parameters.getAll('scope').flatMap((scope) => scope.split(' '));
      const token = sign(certificates, { scopes, user, seconds: behaviour.expiresIn });
      const answer = isRefused
        ? { errors: [{ code: 'UNAUTHORIZED', message: 'wrong account' }] }
        : { [behaviour.field]: token, expires_in: behaviour.expiresIn, issued_at: new Date().toISOString() };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    behaviour,
    identityToken,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(request: IncomingMessage): Promise<TokenRequest> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const { method = '', url = '', headers } = request;
  const parameters =
    method === 'POST'
      ? new URLSearchParams(Buffer.concat(parts).toString())
      : new URL(url, 'http://x').searchParams;
  return { method, parameters, authorization: headers.authorization };
}

function userOf({ parameters, authorization }: TokenRequest, identityToken: string): string | undefined {
  const refresh = parameters.get('refresh_token');
  if (refresh !== null) return refresh === identityToken ? account.username : 'wrong';
  const given =
    parameters.get('grant_type') === 'password'
      ? `${parameters.get('username')}:${parameters.get('password')}`
      : authorization?.startsWith('Basic ')
        ? Buffer.from(authorization.slice(6), 'base64').toString()
        : undefined;
  if (given === undefined) return undefined;
  return given === `${account.username}:${account.password}` ? account.username : 'wrong';
}

interface Grant {
  scopes: readonly string[];
  user: string | undefined;
  seconds: number;
}

/** A JSON Web Token as the registry reads it: the certificate itself is in its header. */
function sign(certificates: Certificates, { scopes, user, seconds }: Grant): string {
  const now = Math.floor(Date.now() / 1000);
  const access = scopes.flatMap((scope) => {
    const [, type = '', name = '', wanted = ''] = /^(\w+):(.*):([\w,*]+)$/.exec(scope) ?? [];
    const actions = wanted
      .split(',')
      .filter((action) => user !== undefined || (name.startsWith('public/') && action === 'pull'));
    return actions.length === 0 ? [] : [{ type, name, actions }];
  });
  const chain = readFileSync(certificates.certificate, 'utf8').replace(/-----[^-]+-----|\s/g, '');
  const parts = [
    { typ: 'JWT', alg: 'ES256', x5c: [chain] },
    {
      ...{ iss: 'test issuer', aud: 'test registry', sub: user ?? '', jti: randomUUID() },
      ...{ iat: now, nbf: now - 10, exp: now + seconds, access },
    },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const key = { key: readFileSync(certificates.key, 'utf8'), dsaEncoding: 'ieee-p1363' } as const;
  const signature = createSign('SHA256').update(parts.join('.')).sign(key);
  return [...parts, signature.toString('base64url')].join('.');
}
