import { TspodError } from '../../lib/errors';
import { blobBytes } from './blob-bytes';
import type { HttpResponse } from './exchange';
import type { RepositoryCalls } from './repository';
import { discard, mediaTypeOf, webPage } from './response-text';
import { transportError } from './transport-error';
import { during } from './transient';
import type { Repository } from './types';

/** `Repository.blob`. */
export function getBlob(
  calls: RepositoryCalls,
  digest: string,
  from: number,
): ReturnType<Repository['blob']> {
  const action = `fetching blob ${digest} from ${calls.label}`;
  return calls.session.retry(async () => {
    let response = await ask(calls, 'GET', digest, from);
    if (response.status === 416) {
      discard(response);
      response = await ask(calls, 'GET', digest, 0);
    }
    if (response.status !== 200 && response.status !== 206)
      throw await calls.session.failure(response, action);
    const start = response.status === 206 ? startOf(response) : 0;
    const problem = problemOf(response, { start, from });
    if (problem !== undefined) {
      response.body.destroy();
      throw problem(action);
    }
    const explain = (error: unknown): Error => during(action, transportError(response.url, error));
    return { stream: blobBytes(response.body, explain), from: start, size: lengthOf(response) };
  });
}

/** What is wrong with an answer that should be a blob, before it is read. */
function problemOf(
  response: HttpResponse,
  { start, from }: { start: number; from: number },
): ((action: string) => TspodError) | undefined {
  if (mediaTypeOf(response) === 'text/html')
    return (action) => webPage(response, `${action}: the answer`, 'a blob');
  if (start === 0 || start === from) return undefined;
  const got = Number.isNaN(start) ? 'got a part without Content-Range' : `got them from ${start} on`;
  return (action) => new TspodError('invalid', `${action}: asked for bytes from ${from} on, ${got}`);
}

/** `Repository.hasBlob`. */
export function hasBlob(calls: RepositoryCalls, digest: string): Promise<number | undefined> {
  return calls.session.retry(async () => {
    const response = await ask(calls, 'HEAD', digest, 0);
    discard(response);
    if (response.status === 404) return undefined;
    if (response.status !== 200)
      throw await calls.session.failure(response, `looking for blob ${digest} in ${calls.label}`);
    return lengthOf(response) ?? 0;
  });
}

/** `Repository.mountBlob` (distribution specification, end-11). */
export function mountBlob(calls: RepositoryCalls, digest: string, fromPath: string): Promise<boolean> {
  const { session, path, label, scopes } = calls;
  return session.retry(async () => {
    const query = new URLSearchParams({ mount: digest, from: fromPath });
    const target = `/v2/${path}/blobs/uploads/?${query.toString()}`;
    const headers = { 'content-length': '0' };
    const both = [...scopes, `repository:${fromPath}:pull`];
    const response = await session.request({ method: 'POST', target, headers, scopes: both });
    if (response.status === 201) {
      discard(response);
      return true;
    }
    // not allowed to read there, or not there: it is uploaded instead
    if (response.status !== 202) {
      if (response.status >= 500 || response.status === 429)
        throw await session.failure(response, `mounting blob ${digest} in ${label}`);
      discard(response);
      return false;
    }
    discard(response);
    await cancel(calls, response);
    return false;
  });
}

/** The registry began an upload instead. That it cannot be taken back harms nobody: it forgets it later. */
async function cancel({ session, scopes }: RepositoryCalls, started: HttpResponse): Promise<void> {
  const { location } = started.headers;
  if (location === undefined || !URL.canParse(location, started.url.href)) return;
  const target = new URL(location, started.url);
  try {
    discard(await session.request({ method: 'DELETE', target, scopes }));
  } catch {
    // see above
  }
}

function ask(calls: RepositoryCalls, method: string, digest: string, from: number): Promise<HttpResponse> {
  const { session, path, scopes } = calls;
  const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
  // a compressed transfer would change ranges and sizes
  headers['accept-encoding'] = 'identity';
  return session.request({ method, target: `/v2/${path}/blobs/${digest}`, headers, scopes });
}

function startOf({ headers }: HttpResponse): number {
  return Number(/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1] ?? NaN);
}

function lengthOf({ headers }: HttpResponse): number | undefined {
  const length = Number(headers['content-length'] ?? NaN);
  return Number.isSafeInteger(length) ? length : undefined;
}
