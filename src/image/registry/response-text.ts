import { TspodError } from '../../lib/errors';
import type { HttpResponse } from './exchange';
import { transportError } from './transport-error';

/** The most that is read of a manifest, a token, a list or an error: 4 MiB, as in Podman. */
const LARGEST_ANSWER = 4 * 1024 * 1024;

/** Reads a whole answer. Error `invalid`: it is larger than `limit` bytes, `what` names it; `network`: it breaks off. */
export async function readAll(response: HttpResponse, what: string, limit = LARGEST_ANSWER): Promise<Buffer> {
  const tooLarge = () =>
    new TspodError('invalid', `${what} is larger than ${limit / 1024 / 1024} MiB: it is not read`);
  const parts: Buffer[] = [];
  let size = 0;
  try {
    if (Number(response.headers['content-length'] ?? 0) > limit) throw tooLarge();
    for await (const part of response.body as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > limit) throw tooLarge();
      parts.push(part);
    }
  } catch (error) {
    response.body.destroy();
    throw transportError(response.url, error);
  }
  return Buffer.concat(parts);
}

/** Lets an answer go whose body nobody wants; the connection is kept when little of it is left. */
export function discard(response: HttpResponse): void {
  response.body.on('error', () => undefined);
  const isShort = Number(response.headers['content-length'] ?? Infinity) <= 65_536;
  if (isShort || response.method === 'HEAD' || response.status === 204) response.body.resume();
  else response.body.destroy();
}

/** The answer's media type without parameters, in lower case; empty where there is none. */
export function mediaTypeOf(response: HttpResponse): string {
  return (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Reads JSON. Error `invalid`: it is none, and says so when it is a web page. */
export async function readJson(response: HttpResponse, what: string): Promise<Record<string, unknown>> {
  const bytes = await readAll(response, what);
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw notJson(response, what, bytes);
}

/** An answer that is a web page or rubbish instead of JSON. */
export function notJson(response: HttpResponse, what: string, bytes: Buffer): TspodError {
  const isHtml = mediaTypeOf(response) === 'text/html' || isWebPage(bytes);
  return isHtml ? webPage(response, what, 'JSON') : new TspodError('invalid', `${what} is not JSON`);
}

/** Whether text begins as a web page does, whatever its media type: registries say "text/html" of other things too. */
export function isWebPage(bytes: Buffer): boolean {
  return /^\s*<(!doctype|html)/i.test(bytes.toString('utf8', 0, 100));
}

/** The error of a web page that came instead of what was asked for. */
export function webPage({ url }: HttpResponse, what: string, instead: string): TspodError {
  return new TspodError('invalid', `${what} is a web page (html) instead of ${instead}`, {
    hint: `check that ${url.host} is a registry, and that no proxy or login page is in between`,
  });
}
