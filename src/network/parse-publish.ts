import { isIPv4, isIPv6 } from './ip-address';
import { TspodError, wrapError } from '../lib/errors';
import type { PortMapping } from './types';

type Protocol = PortMapping['protocol'];

/**
 * Parses `--publish`: `[[hostIp:][hostPort[-end]]:]containerPort[-end][/protocol[,protocol]]`, one mapping per
 * protocol. A host port that was left out is 0: it is chosen when the container is made. Throws 'usage'.
 */
export function parsePublish(text: string): PortMapping[] {
  try {
    const { address, protocols } = splitProtocol(text);
    const { hostIp, host, container } = splitAddress(address);
    const ports = parsePorts(host, container);
    const ip = hostIp === undefined ? '' : parseHostIp(hostIp);
    return protocols.map((protocol) => ({ hostIp: ip, ...ports, protocol }));
  } catch (error) {
    throw wrapError(`--publish "${text}"`, error);
  }
}

/** The protocols of `tcp`, `udp` or `tcp,udp`; empty means tcp. Throws 'usage'. */
export function parseProtocols(text: string): Protocol[] {
  return text.split(',').map((word) => {
    const protocol = word.toLowerCase();
    if (protocol === '' || protocol === 'tcp') return 'tcp';
    if (protocol === 'udp') return 'udp';
    if (protocol === 'sctp')
      throw new TspodError('unsupported', 'the protocol sctp cannot be published rootless');
    throw new TspodError('usage', `unrecognized protocol "${word}" passed in port mapping`);
  });
}

/** `80` or `80-90` as the first port and the number of ports. Throws 'usage'. */
export function parsePortRange(text: string): { start: number; length: number } {
  const [first = '', last, ...rest] = text.split('-');
  if (rest.length > 0) throw malformed('port ranges are formatted as startPort-stopPort');
  if (first === '') throw new TspodError('usage', 'port numbers cannot be negative');
  const start = parsePort(first);
  if (last === undefined) return { start, length: 1 };
  if (last === '') throw new TspodError('usage', 'must provide ending number for port range');
  const end = parsePort(last);
  if (end > start) return { start, length: end - start + 1 };
  const order = `${end} is not higher than ${start}`;
  throw new TspodError('usage', `the end port of a range must be higher than the start port - ${order}`);
}

function splitProtocol(text: string): { address: string; protocols: Protocol[] } {
  const [address = '', protocol, ...rest] = text.split('/');
  if (rest.length > 0) throw malformed('protocol can only be specified once');
  if (protocol === '') throw new TspodError('usage', 'must provide a non-empty protocol to publish');
  return { address, protocols: parseProtocols(protocol ?? '') };
}

interface Address {
  hostIp?: string;
  host?: string;
  container: string;
}

function splitAddress(address: string): Address {
  const [before = '', after, ...rest] = address.split(']');
  if (rest.length > 0) throw malformed('at most one IPv6 address can be specified in a --publish');
  if (after === undefined) return splitPlainAddress(before);
  if (!before.startsWith('[')) throw malformed('IPv6 addresses must be enclosed by []');
  if (!after.startsWith(':')) throw malformed("IPv6 address must be followed by a colon (':')");
  const [host = '', container, ...further] = after.slice(1).split(':');
  if (container === undefined) {
    throw malformed('must provide host and destination port if specifying an IP');
  }
  if (further.length > 0) throw malformed('when v6 address specified, must be [ipv6]:hostPort:ctrPort');
  return { hostIp: before.slice(1), host, container };
}

function splitPlainAddress(address: string): Address {
  const parts = address.split(':');
  const [first = '', second = '', third = ''] = parts;
  if (parts.length === 1) return { container: first };
  if (parts.length === 2) return { host: first, container: second };
  if (parts.length === 3) return { hostIp: first, host: second, container: third };
  throw malformed('format is [[hostIP:]hostPort:]containerPort');
}

function parsePorts(host: string | undefined, container: string) {
  if (container === '') throw new TspodError('usage', 'must provide a non-empty container port to publish');
  const guest = parseNamedRange('container', container);
  const result = { hostPort: 0, containerPort: guest.start, range: guest.length };
  if (host === undefined || host === '') return result;
  const { start, length } = parseNamedRange('host', host);
  if (length === guest.length) return { ...result, hostPort: start };
  const lengths = `${length} vs ${guest.length}`;
  throw new TspodError('usage', `host and container port ranges have different lengths: ${lengths}`);
}

function parseNamedRange(which: string, text: string) {
  try {
    return parsePortRange(text);
  } catch (error) {
    throw wrapError(`parsing ${which} port`, error);
  }
}

function parsePort(text: string): number {
  if (!/^\d+$/.test(text)) throw new TspodError('usage', `invalid port number: "${text}"`);
  const port = Number(text);
  if (port >= 1 && port <= 65535) return port;
  throw new TspodError('usage', `port numbers must be between 1 and 65535 (inclusive), got ${port}`);
}

function parseHostIp(text: string): string {
  if (text === '') throw new TspodError('usage', 'must provide a non-empty container host IP to publish');
  if (text === '0.0.0.0') return '';
  if (isIPv4(text) || isIPv6(text)) return text;
  throw new TspodError('usage', `cannot parse "${text}" as an IP address`);
}

function malformed(reason: string): TspodError {
  return new TspodError('usage', `invalid port format - ${reason}`);
}
