/** What /etc/resolv.conf of a container is made from. */
export interface ResolvInput {
  /** The host's text; without it there are only the options. */
  base: string;
  /** The network helper's forwarder, asked first; undefined with the host's network. */
  forwarder: string | undefined;
  /** --dns: replaces all name servers. */
  dns: readonly string[];
  /** --dns-search: replaces the host's; `.` alone means none. */
  search: readonly string[];
  /** --dns-option: replaces the host's. */
  options: readonly string[];
}

/** The text of /etc/resolv.conf (resolv.conf(5)); name servers on the host's loopback are of no use in a network of its own. */
export function resolvConf({ base, forwarder, dns, search, options }: ResolvInput): string {
  const host = parse(base);
  const reachable =
    forwarder === undefined ? host.servers : host.servers.filter((server) => !isLoopback(server));
  const servers = dns.length > 0 ? dns : [...(forwarder === undefined ? [] : [forwarder]), ...reachable];
  const domains = search.length > 0 ? search.filter((domain) => domain !== '.') : host.search;
  const chosen = options.length > 0 ? options : host.options;
  const lines: string[] = [];
  if (domains.length > 0) lines.push(`search ${domains.join(' ')}`);
  lines.push(...servers.map((server) => `nameserver ${server}`));
  if (chosen.length > 0) lines.push(`options ${chosen.join(' ')}`);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** The file whose servers can be asked from elsewhere: systemd-resolved keeps the real ones apart from its stub. */
export function resolvSource(read: (path: string) => string | undefined): string {
  const text = read('/etc/resolv.conf') ?? '';
  const { servers } = parse(text);
  const isStub = servers.length > 0 && servers.every((server) => server === '127.0.0.53');
  return (isStub ? read('/run/systemd/resolve/resolv.conf') : undefined) ?? text;
}

function parse(text: string): { servers: string[]; search: string[]; options: string[] } {
  const servers: string[] = [];
  let search: string[] = [];
  const options: string[] = [];
  for (const line of text.split('\n')) {
    const [key, ...values] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/);
    if (key === 'nameserver' && values[0]) servers.push(values[0]);
    else if (key === 'search' || key === 'domain') search = values;
    else if (key === 'options') options.push(...values);
  }
  return { servers, search, options };
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
