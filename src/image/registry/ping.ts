import { TspodError } from '../../lib/errors';
import { parseChallenges } from './challenge';
import type { Challenge } from './challenge';
import { exchangeBriefly } from './brief-exchange';
import type { BriefRequest } from './brief-exchange';
import type { HttpResponse } from './exchange';
import { exchangeFollowing, isOwnAnswer } from './redirect';
import type { Way } from './redirect';
import { discard } from './response-text';
import { during } from './transient';
import { isNotTls } from './transport-error';

/** What a registry says when it is spoken to. */
export interface Greeting {
  /** `https:` or `http:`. */
  protocol: string;
  /** What it wants to be shown. */
  challenges: Challenge[];
  /** To the first request, where that was as good as a ping. */
  answer?: HttpResponse;
}

/** A HEAD to a registry that has not been spoken to, and is shown nothing. */
export interface FirstRequest {
  /** `/v2/...` */
  target: string;
  headers: Record<string, string>;
}

/** What a ping needs beside the way. */
export interface PingOptions {
  failure(response: HttpResponse, action: string): Promise<TspodError>;
  signal?: AbortSignal;
  /** What is wanted of the registry: where its answer tells that there is one, nobody has to ask before. */
  first?: FirstRequest | undefined;
}

/** Nobody listens in on the way to this machine itself: there plain http is tried first, which spares loading TLS. */
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

/**
 * `GET /v2/` (distribution specification, end-1), or the first request in its place; over plain http after https where that is allowed.
 * Error `network` and others: `pinging container registry HOST: ...`.
 */
export async function ping(way: Way, host: string, options: PingOptions): Promise<Greeting> {
  const action = `pinging container registry ${host}`;
  if (!URL.canParse(`https://${host}/v2/`))
    throw new TspodError('usage', `${action}: not the name of a host`);
  const failures: [string, TspodError][] = [];
  for (const protocol of protocolsFor(way, host)) {
    const answer = await tryProtocol(protocol, way, { host, action, ...options });
    if (!(answer instanceof TspodError)) return answer;
    failures.push([protocol, answer]);
  }
  throw tellingOne(failures);
}

/**
 * That nobody is there is said of http, as is what a registry without TLS answered; where somebody answered one of them otherwise,
 * the failure of https says more.
 */
function tellingOne(failures: readonly [string, TspodError][]): TspodError {
  const isNobody = failures.every(([, { code }]) => code === 'network');
  const isPlain = failures.some(([protocol, error]) => protocol === 'https:' && isNotTls(error));
  const wanted = isNobody || isPlain ? 'http:' : 'https:';
  const [, found] = failures.find(([protocol]) => protocol === wanted) ?? failures[0] ?? [];
  return found ?? new TspodError('network', 'nothing was tried');
}

function protocolsFor({ allowsPlain }: Way, host: string): string[] {
  if (!allowsPlain) return ['https:'];
  return loopback.test(host) ? ['http:', 'https:'] : ['https:', 'http:'];
}

interface Target extends PingOptions {
  host: string;
  action: string;
}

async function tryProtocol(protocol: string, way: Way, target: Target): Promise<Greeting | TspodError> {
  const { host, action, failure, signal, first } = target;
  const common = signal === undefined ? {} : { signal };
  const urlOf = (path: string): URL => new URL(`${protocol}//${host}${path}`);
  try {
    const early =
      first && (await askFirst(way, { url: urlOf(first.target), headers: first.headers, ...common }));
    if (early !== undefined && isGreeting(early))
      return { ...greetingOf(protocol, early, host), answer: early };
    const ping = { method: 'GET', url: urlOf('/v2/'), headers: {}, ...common };
    const response = await exchangeFollowing(way, ping);
    if (response.status !== 200 && response.status !== 401) return await failure(response, action);
    discard(response);
    const greeting = greetingOf(protocol, response, host);
    return early?.status === 404 && greeting.challenges.length === 0
      ? { ...greeting, answer: early }
      : greeting;
  } catch (error) {
    if (signal?.aborted) throw error;
    return during(action, error);
  }
}

/** Undefined where its answer makes no sense: the next one will not either, and is told of. */
async function askFirst(way: Way, request: BriefRequest): Promise<HttpResponse | undefined> {
  const { connections, timeouts } = way;
  try {
    const answer = connections.isPlain(request.url) ? await exchangeBriefly(timeouts, request) : undefined;
    return answer ?? (await exchangeFollowing(way, { method: 'HEAD', ...request }));
  } catch (error) {
    if (error instanceof TspodError && error.code !== 'network') return undefined;
    throw error;
  }
}

/** Whether it is from a registry, and final: without what they want to be shown some say 403 or 404. */
function isGreeting({ status, headers }: HttpResponse): boolean {
  const isRegistry = String(headers['docker-distribution-api-version'] ?? '').startsWith('registry/2');
  return isRegistry && status !== 403 && status !== 404;
}

function greetingOf(protocol: string, response: HttpResponse, host: string): Greeting {
  const wanted = isOwnAnswer(response, host) ? response.headers['www-authenticate'] : undefined;
  return { protocol, challenges: parseChallenges(wanted) };
}
