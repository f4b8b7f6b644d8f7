import type { AgentOptions } from 'node:http';
import { SocksProxyAgent } from 'socks-proxy-agent';
import { TspodError } from '../../lib/errors';
import { markTransient } from './transient';
import { reasonOf } from './transport-error';

/** Reaches hosts through a SOCKS proxy of version 5 (RFC 1928), which resolves their names. Error `network`. */
export class SocksAgent extends SocksProxyAgent {
  readonly #host: string;

  constructor(proxy: URL, options: AgentOptions) {
    // the package looks names up itself for socks5, and takes the brackets of an address for a part of it
    super(proxy.href.replace(/^socks5:/, 'socks5h:'), options);
    this.proxy.host = proxy.hostname.replace(/^\[|\]$/g, '');
    this.#host = proxy.host;
  }

  override async connect(
    ...[request, options]: Parameters<SocksProxyAgent['connect']>
  ): ReturnType<SocksProxyAgent['connect']> {
    try {
      return await super.connect(request, options);
    } catch (error) {
      throw failure(this.#host, `${options.host ?? ''}:${options.port}`, error);
    }
  }
}

/** What the package says, what that means, and whether it stays so. */
const reasons: [RegExp, string, isLasting?: boolean][] = [
  [/no accepted authentication type/, 'it wants an account', true],
  [/Authentication failed/, 'it does not accept the account', true],
  [/NotAllowed/, 'its rules do not allow it', true],
  [/NetworkUnreachable/, 'the network is unreachable'],
  [/HostUnreachable/, 'no route to the host'],
  [/ConnectionRefused/, 'connection refused'],
  [/TTLExpired/, 'it took too long'],
  [/CommandNotSupported/, 'it cannot connect', true],
  [/AddressNotSupported/, 'it does not know addresses of this kind', true],
  [/rejected connection/, 'it failed'],
  [/handshake/, 'it is not a SOCKS proxy of version 5', true],
  [/Socket closed/, 'it closed the connection'],
  [/timed out/, 'it does not answer'],
];

function failure(proxy: string, target: string, error: unknown): TspodError {
  const said = error instanceof Error ? error.message : '';
  // an error of the system comes without its code
  const code = /\bE[A-Z]{4,}\b/.exec(said)?.[0];
  const [, reason = reasonOf(Object.assign(new Error(said), { code })), isLasting = false] =
    reasons.find(([pattern]) => pattern.test(said)) ?? [];
  const found = new TspodError('network', `the proxy ${proxy} does not connect to ${target}: ${reason}`, {
    hint: 'check the address of the proxy, and the account in it, or add the registry to NO_PROXY',
    cause: error,
  });
  return isLasting ? found : markTransient(found);
}
