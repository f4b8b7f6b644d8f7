import type { ClientRequest, IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import type { Readable } from 'node:stream';
import { TspodError } from '../../lib/errors';
import type { Connections } from './connections';
import { watchPace } from './pace';
import type { Timeouts } from './timeouts';
import { markTransient } from './transient';
import { placeOf, transportError } from './transport-error';

/** One HTTP request. */
export interface HttpRequest {
  method: string;
  url: URL;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** A stream needs a `content-length` among the headers. */
  body?: Buffer | AsyncIterable<Buffer>;
  signal?: AbortSignal;
}

/** The answer; its body has to be read to the end or destroyed. */
export interface HttpResponse {
  /** Of the request. */
  method: string;
  status: number;
  /** What stands beside the status; may be empty. */
  statusMessage: string;
  headers: IncomingHttpHeaders;
  body: Readable;
  /** Where it came from in the end. */
  url: URL;
}

/** Makes one request and answers when the headers are there. Error `network`: nothing came, or too late. */
export async function exchange(
  connections: Connections,
  timeouts: Timeouts,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { options: route, proxy } = await connections.route(request.url);
  const { url, method, headers, signal } = request;
  const options: RequestOptions = {
    ...route,
    method,
    headers: { 'user-agent': 'tspod', ...headers, ...(route.headers as Record<string, string> | undefined) },
    ...(signal === undefined ? {} : { signal }),
  };
  const outgoing =
    route.protocol === 'https:'
      ? process.getBuiltinModule('node:https').request(options)
      : process.getBuiltinModule('node:http').request(options);
  watch(outgoing, placeOf(url, proxy), timeouts);
  const answer = new Promise<HttpResponse>((resolve, reject) => {
    outgoing.once('response', (body) => {
      const { statusCode: status = 0, statusMessage = '', headers } = body;
      const response = { method, status, statusMessage, headers, body, url };
      if (method === 'HEAD') whenOver(body, () => resolve(response));
      else resolve(response);
    });
    outgoing.on('error', (error) =>
      reject(signal?.aborted ? abortReason(signal) : transportError(url, error, proxy)),
    );
  });
  const sent = sendBody(outgoing, request.body);
  // a registry may answer, and refuse, before it has read everything
  return Promise.race([answer, sent.then(() => answer)]);
}

/** Without a body it is over at once: then the next request finds the connection free. */
function whenOver(body: IncomingMessage, call: () => void): void {
  body.once('end', call).once('close', call).once('error', call).resume();
}

/** Why a request was given up. */
export function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('interrupted');
}

/** Ends the request when no connection comes about, or nothing or next to nothing happens on it, for too long. */
function watch(outgoing: ClientRequest, place: string, timeouts: Timeouts): void {
  const { connect, silence } = timeouts;
  const late = (what: string) => markTransient(new TspodError('network', `contacting ${place}: ${what}`));
  const noAnswer = () => outgoing.destroy(late(`no answer within ${silence / 1000}s`));
  let timer = setTimeout(() => outgoing.destroy(late(`no connection within ${connect / 1000}s`)), connect);
  let response: IncomingMessage | undefined;
  outgoing.once('response', (body) => {
    clearTimeout(timer);
    response = body;
    watchPace(body, timeouts, late);
  });
  outgoing.once('close', () => clearTimeout(timer));
  outgoing.once('socket', (socket) => {
    const isReady = !socket.connecting;
    const ready = () => {
      clearTimeout(timer);
      outgoing.setTimeout(silence);
      // headers may trickle, too
      whenSent(outgoing, () => {
        if (response === undefined && !outgoing.destroyed) timer = setTimeout(noAnswer, silence);
      });
    };
    if (isReady) ready();
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', ready);
  });
  outgoing.on('timeout', () => {
    // bytes that wait to be read: it is the reader who is slow
    if (response !== undefined && response.readableLength > 0) outgoing.setTimeout(silence);
    else if (response !== undefined) response.destroy(late(`nothing came for ${silence / 1000}s`));
    else noAnswer();
  });
}

function whenSent(outgoing: ClientRequest, call: () => void): void {
  if (outgoing.writableFinished) call();
  else outgoing.once('finish', call);
}

async function sendBody(outgoing: ClientRequest, body: HttpRequest['body']): Promise<void> {
  if (body === undefined || Buffer.isBuffer(body)) {
    outgoing.end(body);
    return;
  }
  let isAnswered = false;
  outgoing.once('response', () => (isAnswered = true));
  outgoing.once('close', () => (isAnswered = true));
  try {
    for await (const part of body) {
      if (isAnswered) return;
      if (!outgoing.write(part)) await writable(outgoing);
    }
  } catch (error) {
    // what cannot be read is not the registry's fault
    outgoing.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
  outgoing.end();
}

function writable(outgoing: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ['drain', 'close', 'response', 'error']) outgoing.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'response', 'error']) outgoing.on(event, done);
  });
}
