import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { TspodError } from '../../lib/errors';
import { abortReason } from './exchange';
import type { HttpRequest, HttpResponse } from './exchange';
import type { Timeouts } from './timeouts';
import { markTransient } from './transient';
import { placeOf } from './transport-error';

/** More bytes of headers are left to Node's client, and its limits. */
const LARGEST_HEAD = 16 * 1024;

/** Milliseconds that a server has to close a connection as it was asked to. */
const CLOSING = 1000;

/** A HEAD request: nothing is sent but headers, and nothing else comes back. */
export type BriefRequest = Omit<HttpRequest, 'body' | 'method'>;

/**
 * One HEAD over plain http, on a connection of its own: loading Node's HTTP client takes longer than a registry on this machine takes
 * to answer. Undefined wherever no simple answer comes, or a redirect: then Node's client asks again, and tells what is wrong.
 * Error `network`: it came too late. Source: RFC 9112.
 */
export async function exchangeBriefly(
  timeouts: Timeouts,
  { url, headers, signal }: BriefRequest,
): Promise<HttpResponse | undefined> {
  signal?.throwIfAborted();
  const socket = connectTo(url);
  let reason: Error | undefined;
  const end = (why: Error): void => {
    reason = why;
    socket.destroy();
  };
  const abort = (): void => void (signal && end(abortReason(signal)));
  const release = endWhenLate(socket, timeouts, (what) => end(lateError(url, what)));
  signal?.addEventListener('abort', abort, { once: true });
  try {
    socket.write(headOf(url, headers));
    const head = await readHead(socket);
    if (reason !== undefined) throw reason;
    return head === undefined ? undefined : responseOf(head, url);
  } finally {
    release();
    signal?.removeEventListener('abort', abort);
    // the server closes it, or the end of the process, which takes less time
    socket.unref();
    setTimeout(() => socket.destroy(), CLOSING).unref();
  }
}

function connectTo(url: URL): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return process.getBuiltinModule('node:net').connect({ host, port: Number(url.port || 80) });
}

function lateError(url: URL, what: string): TspodError {
  return markTransient(new TspodError('network', `contacting ${placeOf(url, undefined)}: ${what}`));
}

/** Watches a connection until the answer is called for. */
function endWhenLate(
  socket: Socket,
  { connect, silence }: Timeouts,
  late: (what: string) => void,
): () => void {
  let timer = setTimeout(() => late(`no connection within ${connect / 1000}s`), connect);
  socket.once('connect', () => {
    clearTimeout(timer);
    timer = setTimeout(() => late(`no answer within ${silence / 1000}s`), silence);
  });
  return () => clearTimeout(timer);
}

function headOf(url: URL, headers: Record<string, string>): string {
  const all = { host: url.host, connection: 'close', 'user-agent': 'tspod', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HEAD ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** The status line and the headers, without the empty line after them; undefined where the connection ends before, or they do not end. */
function readHead(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const take = (bytes: Buffer): void => {
      text += bytes.toString('latin1');
      const length = text.indexOf('\r\n\r\n');
      if (length === -1 && text.length <= LARGEST_HEAD) return;
      socket.off('data', take);
      resolve(length === -1 ? undefined : text.slice(0, length));
    };
    socket.on('data', take);
    socket.once('close', () => resolve(undefined));
    // it is closed then
    socket.on('error', () => undefined);
  });
}

/** Undefined for what is less simple than it should be: no last answer, or not from here, folded lines, a header twice. */
function responseOf(head: string, url: URL): HttpResponse | undefined {
  const [statusLine = '', ...lines] = head.split('\r\n');
  const [, status, statusMessage = ''] = /^HTTP\/1\.[01] ([245]\d\d)(?: (.*))?$/.exec(statusLine) ?? [];
  if (status === undefined) return undefined;
  const headers: IncomingHttpHeaders = {};
  for (const line of lines) {
    const [, name = '', value = ''] = /^([\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    const key = name.toLowerCase();
    if (key === '' || Object.hasOwn(headers, key)) return undefined;
    headers[key] = value;
  }
  return { method: 'HEAD', status: Number(status), statusMessage, headers, body: emptyBody(), url };
}

function emptyBody(): Readable {
  const { Readable } = process.getBuiltinModule('node:stream');
  return new Readable({
    read() {
      this.push(null);
    },
  });
}
