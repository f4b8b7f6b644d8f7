import { TspodError } from '../../lib/errors';
import { parseChallenges } from './challenge';
import type { Challenge } from './challenge';
import type { HttpResponse } from './exchange';
import { exchangeFollowing } from './redirect';
import type { Way } from './redirect';
import { discard } from './response-text';
import { during } from './transient';

/** What a registry says when it is spoken to. */
export interface Greeting {
  /** `https:` or `http:`. */
  protocol: string;
  /** What it wants to be shown. */
  challenges: Challenge[];
}

/** What a ping needs beside the way. */
export interface PingOptions {
  failure(response: HttpResponse, action: string): Promise<TspodError>;
  signal?: AbortSignal;
}

/** Nobody listens in on the way to this machine itself: there plain http is tried first, which spares loading TLS. */
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

/**
 * `GET /v2/` (distribution specification, end-1); over plain http after https where that is allowed.
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

/** That nobody is there is said of http; where somebody answered one of them, the failure of https says more. */
function tellingOne(failures: readonly [string, TspodError][]): TspodError {
  const isNobody = failures.every(([, { code }]) => code === 'network');
  const wanted = isNobody ? 'http:' : 'https:';
  const [, found] = failures.find(([protocol]) => protocol === wanted) ?? failures[0] ?? [];
  return found ?? new TspodError('network', 'nothing was tried');
}

function protocolsFor({ allowsPlain }: Way, host: string): string[] {
  if (!allowsPlain) return ['https:'];
  return loopback.test(host) ? ['http:', 'https:'] : ['https:', 'http:'];
}

async function tryProtocol(
  protocol: string,
  way: Way,
  { host, action, failure, signal }: PingOptions & { host: string; action: string },
): Promise<Greeting | TspodError> {
  const url = new URL(`${protocol}//${host}/v2/`);
  let response: HttpResponse;
  try {
    const request = { method: 'GET', url, headers: {}, ...(signal === undefined ? {} : { signal }) };
    response = await exchangeFollowing(way, request);
  } catch (error) {
    if (signal?.aborted) throw error;
    return during(action, error);
  }
  if (response.status !== 200 && response.status !== 401) return failure(response, action);
  discard(response);
  return { protocol, challenges: parseChallenges(response.headers['www-authenticate']) };
}
