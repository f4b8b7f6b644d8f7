import { findCertificates } from '../../config/certs-d';
import { findCredentials } from '../../config/credentials';
import type { Credentials } from '../../config/credentials';
import type { Context } from '../../lib/context';
import type { TspodError } from '../../lib/errors';
import { makeAuthenticator } from './authenticate';
import type { AuthenticatorParts } from './authenticate';
import { parseChallenges } from './challenge';
import type { Challenge } from './challenge';
import { makeConnections } from './connections';
import type { HttpRequest, HttpResponse } from './exchange';
import { ping } from './ping';
import type { FirstRequest, Greeting } from './ping';
import { exchangeFollowing, isOwnAnswer } from './redirect';
import type { Way } from './redirect';
import { responseError } from './response-error';
import { discard } from './response-text';
import { withRetry } from './retry';
import { asLasting } from './transient';
import { makeTrust } from './trust';
import { defaultTimeouts } from './timeouts';
import type { RegistryOptions } from './types';

/** A registry and what is known about it. */
export interface RegistryHost {
  /** `host[:port]` that is contacted. */
  host: string;
  /** What credentials are looked for by: `docker.io/library/busybox`. */
  loginKey: string;
  /** Certificates are not verified, and plain http is tried after https. */
  insecure: boolean;
  /** A mirror that is down is not waited for: there is another source. */
  isMirror?: boolean;
  /** Sends `options.credentials`; false for mirrors: the user meant the registry. */
  takesCredentials: boolean;
}

/** A request to a registry. */
export interface SessionRequest {
  method: string;
  /** `/v2/...`, or the full address that the registry gave. */
  target: string | URL;
  headers?: Record<string, string>;
  /** Called again when the request is made again. */
  body?: () => Buffer | AsyncIterable<Buffer>;
  scopes: readonly string[];
  /** Shows the registry nothing, and takes 401 for an answer. */
  isAnonymous?: boolean;
  /** The registry may think about it for long: the end of an upload. */
  isCommit?: boolean;
}

/** A registry that is talked to. */
export interface Session {
  readonly host: string;
  /** Asks the registry once; shows it what it wants, and a second time when it does not like the first. Any status is an answer. */
  request(request: SessionRequest): Promise<HttpResponse>;
  /** The error of an answer that is one; what follows `action` says why. */
  failure(response: HttpResponse, action: string): Promise<TspodError>;
  /** Whether credentials were found, after a request that asked for them. */
  hasCredentials(): boolean;
  /** As `withRetry`, with the options of this session. */
  retry<T>(action: () => Promise<T>): Promise<T>;
  /** `https:` or `http:`, after the first request. */
  protocol(): Promise<string>;
}

/** Makes a session; nothing is contacted before the first request. */
export function makeSession(ctx: Context, registry: RegistryHost, options: RegistryOptions): Session {
  const loginHost = loginHostOf(registry);
  const way = makeWay(ctx, registry, options);
  const parts: AuthenticatorParts = {
    way,
    loginHost,
    credentials: () => credentialsOf(ctx, registry, options),
  };
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const authenticator = makeAuthenticator({ ...parts, ...signal });
  const retry = <T>(action: () => Promise<T>) => withRetry(ctx, options, action);
  const failure = (response: HttpResponse, action: string) =>
    responseError(response, { action, loginHost, hasCredentials: authenticator.hasCredentials() });
  const contact = async (first?: FirstRequest): Promise<Greeting> => {
    const greeting = await ping(way, registry.host, { failure, first, ...signal });
    authenticator.accept(greeting.challenges);
    return greeting;
  };
  let contacted: Promise<Pick<Greeting, 'protocol'>> | undefined;
  /** With the answer where `first` was the request that told. */
  const reach = (first?: FirstRequest): Promise<Pick<Greeting, 'protocol' | 'answer'>> => {
    if (contacted !== undefined) return contacted;
    const greeting = contact(first).catch((error: unknown) => {
      contacted = undefined;
      throw registry.isMirror ? asLasting(error) : error;
    });
    contacted = greeting.then(({ protocol }) => ({ protocol }));
    contacted.catch(() => undefined);
    return greeting;
  };
  const once = async (request: SessionRequest, scopes: readonly string[]): Promise<Attempt> => {
    const { protocol, answer } = await reach(firstOf(request));
    if (answer !== undefined) return { authorization: undefined, response: answer };
    const base = new URL(`${protocol}//${registry.host}`);
    const url = new URL(request.target, base);
    // an upload may be sent to another host: without credentials
    const isOwn = url.origin === base.origin && !request.isAnonymous;
    const authorization = isOwn ? await authenticator.header(scopes) : undefined;
    const { method, body } = request;
    const http: HttpRequest = {
      method,
      url,
      headers: { ...request.headers, ...(authorization === undefined ? {} : { authorization }) },
      ...signal,
      ...(body === undefined ? {} : { body: body() }),
    };
    const silence = request.isCommit ? way.timeouts.commit : way.timeouts.silence;
    const timed = { ...way, timeouts: { ...way.timeouts, silence } };
    return { authorization, response: await exchangeFollowing(timed, http) };
  };
  return {
    host: registry.host,
    failure,
    retry,
    protocol: async () => (await reach()).protocol,
    hasCredentials: () => authenticator.hasCredentials(),
    async request(request) {
      const first = await once(request, request.scopes);
      const { response } = first;
      if (response.status !== 401 || request.isAnonymous || !isOwnAnswer(response, registry.host))
        return response;
      const challenges = parseChallenges(response.headers['www-authenticate']);
      authenticator.accept(challenges);
      authenticator.forget(request.scopes);
      const scopes = scopesOf(request.scopes, challenges);
      const header = await authenticator.header(scopes);
      if (header === undefined || header === first.authorization) return response;
      discard(response);
      return (await once(request, scopes)).response;
    },
  };
}

/** The request where it can be made before anything is known of the registry: it changes nothing, and has no bytes to be lost. */
function firstOf({ method, target, headers = {} }: SessionRequest): FirstRequest | undefined {
  return method === 'HEAD' && typeof target === 'string' ? { target, headers } : undefined;
}

interface Attempt {
  authorization: string | undefined;
  response: HttpResponse;
}

function makeWay(ctx: Context, registry: RegistryHost, options: RegistryOptions): Way {
  const verify = options.tlsVerify ?? !registry.insecure;
  const certificates = () => findCertificates(ctx, loginHostOf(registry), options.certDir);
  const trust = makeTrust(certificates, { verify, env: ctx.env });
  return {
    connections: makeConnections(registry.host, trust, ctx.env),
    timeouts: { ...defaultTimeouts, ...options.timeouts },
    allowsPlain: !verify,
  };
}

async function credentialsOf(
  ctx: Context,
  registry: RegistryHost,
  options: RegistryOptions,
): Promise<Credentials | undefined> {
  if (options.credentials !== undefined) return registry.takesCredentials ? options.credentials : undefined;
  const { authFile } = options;
  return findCredentials(ctx, registry.loginKey, authFile === undefined ? {} : { authFile });
}

/** With the scopes that the registry asks for beside ours: those of its own list of repositories, for example. */
function scopesOf(own: readonly string[], challenges: readonly Challenge[]): string[] {
  const wanted = challenges.find(({ scheme }) => scheme === 'bearer')?.parameters.get('scope') ?? '';
  return [...new Set([...own, ...wanted.split(' ')])].filter((scope) => scope !== '');
}

function loginHostOf({ loginKey }: RegistryHost): string {
  return loginKey.split('/')[0] ?? loginKey;
}
