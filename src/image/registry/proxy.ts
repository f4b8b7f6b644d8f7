import { TspodError } from '../../lib/errors';

type Environment = Readonly<Record<string, string | undefined>>;

const kinds = ['http:', 'https:', 'socks5:', 'socks5h:'];

/**
 * The proxy for a URL from HTTP_PROXY, HTTPS_PROXY, else ALL_PROXY, and NO_PROXY, in lower case too; undefined where it is
 * contacted directly. The rules are those of Go's golang.org/x/net/http/httpproxy, that Podman follows, and which does not know
 * ALL_PROXY. Error `unsupported`: a proxy of another kind than http, https and socks5.
 */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const own = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const variable = read(env, own) === undefined ? 'ALL_PROXY' : own;
  const text = read(env, variable);
  if (text === undefined || isExcepted(url, read(env, 'NO_PROXY') ?? '')) return undefined;
  const proxy = parseProxy(text.includes('://') ? text : `http://${text}`);
  if (proxy === undefined) {
    throw new TspodError('usage', `${variable}: not the address of a proxy`, {
      hint: 'set it to http://HOST:PORT or socks5://HOST:PORT, or unset it',
    });
  }
  if (!kinds.includes(proxy.protocol)) {
    throw new TspodError(
      'unsupported',
      `${variable}: proxies of kind "${proxy.protocol}" are not supported`,
      {
        hint: 'use one of http, https or socks5, or add the registry to NO_PROXY',
      },
    );
  }
  return proxy;
}

function read(env: Environment, name: string): string | undefined {
  const value = (env[name] ?? env[name.toLowerCase()])?.trim();
  return value === '' ? undefined : value;
}

function parseProxy(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function isExcepted(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)) return true;
  return list.split(',').some((item) => fits(item.trim().toLowerCase(), host, port));
}

/** One item of NO_PROXY: `*`, a domain with all below it, `.domain` and `*.domain` below it only, an address, a network. */
function fits(item: string, host: string, port: string): boolean {
  if (item === '') return false;
  if (item === '*') return true;
  if (item.includes('/')) return isInNetwork(host, item);
  const [, name = '', wantedPort] = /^(?:\[(?=.*\])|(?!\[))(.+?)\]?(?::(\d+))?$/.exec(unbracket(item)) ?? [];
  if (wantedPort !== undefined && wantedPort !== port) return false;
  const domain = name.replace(/^\*\./, '.');
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

/** An address of IPv6 without port has colons of its own: it is put into brackets first. */
function unbracket(item: string): string {
  return item.split(':').length > 2 && !item.startsWith('[') ? `[${item}]` : item;
}

function isInNetwork(host: string, network: string): boolean {
  const { BlockList, isIP } = process.getBuiltinModule('node:net');
  const [address = '', bits = ''] = network.split('/');
  const family = isIP(host);
  if (family === 0 || isIP(address) !== family || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(address, Number(bits), type);
  return list.check(host, type);
}
