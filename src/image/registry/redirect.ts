import { TspodError } from '../../lib/errors';
import type { Connections } from './connections';
import { exchange } from './exchange';
import type { HttpRequest, HttpResponse } from './exchange';
import { discard } from './response-text';
import type { Timeouts } from './timeouts';

const mostRedirects = 10;
const redirects = new Set([301, 302, 303, 307, 308]);

/** How a request is made. */
export interface Way {
  connections: Connections;
  timeouts: Timeouts;
  /** Whether an https address may lead to one without TLS. */
  allowsPlain: boolean;
}

/**
 * Makes a request, and follows the redirects of GET and HEAD; `authorization` does not go to another host.
 * Errors: `invalid` (too many redirects, or one that leads nowhere), `network`.
 */
export async function exchangeFollowing(way: Way, request: HttpRequest): Promise<HttpResponse> {
  let next = request;
  for (let count = 0; ; count += 1) {
    const response = await exchange(way.connections, way.timeouts, next);
    const mayFollow = request.method === 'GET' || request.method === 'HEAD';
    if (!mayFollow || !redirects.has(response.status)) return response;
    discard(response);
    if (count === mostRedirects)
      throw new TspodError('invalid', `${request.url.host} redirects more than ${mostRedirects} times`);
    next = { ...next, url: targetOf(response, way.allowsPlain) };
    if (next.url.origin !== request.url.origin) next = { ...next, headers: withoutSecrets(next.headers) };
  }
}

/** Whether an answer is the registry's own, `host[:port]`, or that of the same host with TLS: others may not ask for credentials. */
export function isOwnAnswer({ url }: HttpResponse, host: string): boolean {
  const own = new URL(`${url.protocol}//${host}`);
  const isUpgraded = url.protocol === 'https:' && url.port === '' && url.hostname === own.hostname;
  return url.host === own.host || isUpgraded;
}

/** Where a `Location` leads, relative to the address that answered it. Error `invalid`. */
export function targetOf({ headers, url }: HttpResponse, allowsPlain: boolean): URL {
  const location = headers.location ?? '';
  if (location === '' || !URL.canParse(location, url.href))
    throw new TspodError('invalid', `${url.host} redirects to nowhere`);
  const target = new URL(location, url);
  if (target.protocol !== 'https:' && target.protocol !== 'http:')
    throw new TspodError('invalid', `${url.host} redirects to an address of kind "${target.protocol}"`);
  if (url.protocol === 'https:' && target.protocol === 'http:' && !allowsPlain) {
    throw new TspodError('invalid', `${url.host} redirects to ${target.host} without TLS`, {
      hint: '--tls-verify=false allows it',
    });
  }
  // an account in an address would be sent along
  target.username = '';
  target.password = '';
  return target;
}

/** The headers that may go to a host that the user did not name. */
export function withoutSecrets(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name !== 'authorization' && name !== 'cookie'),
  );
}
