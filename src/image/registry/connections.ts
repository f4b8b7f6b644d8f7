import type { Agent, RequestOptions } from 'node:http';
import type { PeerCertificate } from 'node:tls';
import { TspodError } from '../../lib/errors';
import { cleanText } from './clean-text';
import { makeAgent } from './large-pieces';
import { proxyFor } from './proxy';
import { markTransient } from './transient';
import type { Trust } from './trust';

/** Keeps connections for further requests, one pool for each way to a host. */
export interface Connections {
  /** The options of Node's `request` that lead to a URL's host, its path included, and the proxy on the way. */
  route(url: URL): Promise<{ options: RequestOptions; proxy: URL | undefined }>;
  /** Whether a URL's host is reached without TLS and without a proxy. */
  isPlain(url: URL): boolean;
}

/** Makes the pools for one registry, whose own host is `ownHost` (`host[:port]`). */
export function makeConnections(
  ownHost: string,
  trust: Trust,
  env: Readonly<Record<string, string | undefined>>,
): Connections {
  const agents = new Map<string, Agent>();
  const agent = (key: string, make: () => Agent): Agent => {
    const known = agents.get(key) ?? make();
    agents.set(key, known);
    return known;
  };
  const keep = { keepAlive: true, maxSockets: 16, scheduling: 'lifo' } as const;
  return {
    isPlain: (url) => url.protocol === 'http:' && proxyFor(url, env) === undefined,
    async route(url) {
      const proxy = proxyFor(url, env);
      return { options: await optionsFor(url, proxy), proxy };
    },
  };

  async function optionsFor(url: URL, proxy: URL | undefined): Promise<RequestOptions> {
    const tls = url.protocol === 'https:' ? tlsOptions(url, url.host === ownHost, trust) : {};
    const name = `${url.origin}>${proxy?.href ?? ''}`;
    if (proxy === undefined) {
      return { ...target(url), ...tls, agent: agent(name, () => makeAgent(url.protocol, keep)) };
    }
    if (proxy.protocol.startsWith('socks5')) {
      const { SocksAgent } = await import('./socks');
      return { ...target(url), ...tls, agent: agent(name, () => new SocksAgent(proxy, keep)) };
    }
    if (url.protocol === 'http:') {
      const own = proxy.protocol === 'https:' ? tlsOptions(proxy, false, trust) : {};
      const options = { ...target(proxy), ...own, path: url.href, headers: proxyHeaders(url, proxy) };
      return { ...options, agent: agent(proxy.origin, () => makeAgent(proxy.protocol, keep)) };
    }
    const { HttpsProxyAgent } = await import('https-proxy-agent');
    const tunnel = () =>
      new HttpsProxyAgent(proxy, keep).on('proxyConnect', (answer) => checkTunnel(answer, url, proxy));
    return { ...target(url), ...tls, agent: agent(name, tunnel) };
  }
}

/** The agent would take a refusal of the proxy for an answer of the registry: one that nobody vouches for. */
function checkTunnel(answer: { statusCode: number; statusText: string }, url: URL, proxy: URL): void {
  const { statusCode, statusText } = answer;
  if (statusCode === 200) return;
  const said = `${statusCode} ${cleanText(statusText, 100)}`.trim();
  const error = new TspodError(
    'network',
    `the proxy ${proxy.host} does not connect to ${url.host}: ${said}`,
    {
      hint: 'check HTTPS_PROXY, and the account in it, or add the registry to NO_PROXY',
    },
  );
  throw statusCode >= 500 ? markTransient(error) : error;
}

function target(url: URL): RequestOptions {
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  return {
    protocol: url.protocol,
    hostname,
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
  };
}

/** Options of `tls.connect`, which `https.request` passes on. */
function tlsOptions(url: URL, isOwn: boolean, trust: Trust): object {
  const secureContext = isOwn ? trust.context() : trust.anonymousContext();
  const { isIP } = process.getBuiltinModule('node:net');
  const { checkServerIdentity } = process.getBuiltinModule('node:tls');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    secureContext,
    rejectUnauthorized: trust.verify,
    // behind a proxy nothing else says which host is meant
    checkServerIdentity: (_name: string, certificate: PeerCertificate) =>
      checkServerIdentity(host, certificate),
    ...(isIP(host) === 0 ? { servername: host } : {}),
  };
}

function proxyHeaders(url: URL, proxy: URL): Record<string, string> {
  const host = { host: url.host };
  if (proxy.username === '') return host;
  const account = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { ...host, 'proxy-authorization': `Basic ${Buffer.from(account).toString('base64')}` };
}
