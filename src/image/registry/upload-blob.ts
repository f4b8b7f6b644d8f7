import { TspodError } from '../../lib/errors';
import type { HttpResponse } from './exchange';
import { targetOf } from './redirect';
import type { RepositoryCalls } from './repository';
import { discard } from './response-text';
import { transienceOf } from './transient';
import type { BlobUpload } from './types';

// smaller blobs go along with the request that ends the upload
const largestMonolith = 1024 * 1024;

/** An upload that the registry keeps. */
interface Upload {
  location: URL;
  /** Bytes that the registry has. */
  offset: number;
}

/**
 * `Repository.putBlob` (distribution specification, "Pushing blobs"): a small blob in one PUT, a larger one with PATCH
 * first. When the connection breaks, the registry is asked how far it came, and it goes on from there; an upload that
 * it does not know any more begins anew.
 */
export async function uploadBlob(calls: RepositoryCalls, blob: BlobUpload): Promise<void> {
  let upload: Upload | undefined;
  await calls.session.retry(async () => {
    const action = `uploading blob ${blob.digest} to ${calls.label}`;
    try {
      if (upload !== undefined) upload = await resume(calls, upload);
      upload ??= await begin(calls, action);
      if (blob.size > largestMonolith || upload.offset > 0) {
        while (upload.offset < blob.size) upload = await sendRest(calls, upload, { blob, action });
      }
      await finish(calls, upload, { blob, action });
    } catch (error) {
      if (transienceOf(error) === undefined) upload = undefined;
      throw error;
    }
  });
}

interface Job {
  blob: BlobUpload;
  action: string;
}

async function begin({ session, path, scopes }: RepositoryCalls, action: string): Promise<Upload> {
  const target = `/v2/${path}/blobs/uploads/`;
  const headers = { 'content-length': '0' };
  const response = await session.request({ method: 'POST', target, headers, scopes });
  if (response.status !== 202) throw await session.failure(response, action);
  discard(response);
  return { location: locationOf(response), offset: 0 };
}

/** Where the upload stands; undefined where the registry has forgotten it. */
async function resume({ session, scopes }: RepositoryCalls, upload: Upload): Promise<Upload | undefined> {
  const response = await session.request({ method: 'GET', target: upload.location, scopes });
  if (response.status !== 204 && response.status !== 202) {
    discard(response);
    return undefined;
  }
  discard(response);
  return { location: nextLocation(response, upload), offset: offsetOf(response) ?? 0 };
}

/** Everything from the offset on. */
async function sendRest(
  { session, scopes }: RepositoryCalls,
  upload: Upload,
  { blob, action }: Job,
): Promise<Upload> {
  const { offset } = upload;
  const headers: Record<string, string> = {
    'content-type': 'application/octet-stream',
    'content-length': String(blob.size - offset),
    ...(offset === 0 ? {} : { 'content-range': `${offset}-${blob.size - 1}` }),
  };
  const request = { method: 'PATCH', target: upload.location, headers, scopes, isCommit: true };
  const response = await session.request({ ...request, body: () => blob.open(offset) });
  if (response.status !== 202 && response.status !== 201 && response.status !== 204)
    throw await session.failure(response, action);
  discard(response);
  const reached = offsetOf(response) ?? blob.size;
  if (reached <= offset || reached > blob.size) {
    throw new TspodError(
      'invalid',
      `${action}: ${blob.size - offset} bytes were sent, and the registry has ${reached} of ${blob.size}`,
    );
  }
  return { location: nextLocation(response, upload), offset: reached };
}

async function finish(
  { session, scopes }: RepositoryCalls,
  upload: Upload,
  { blob, action }: Job,
): Promise<void> {
  const target = new URL(upload.location);
  target.searchParams.set('digest', blob.digest);
  const rest = blob.size - upload.offset;
  const response = await session.request({
    method: 'PUT',
    target,
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(rest) },
    ...(rest === 0 ? {} : { body: () => blob.open(upload.offset) }),
    scopes,
    isCommit: true,
  });
  if (response.status !== 201 && response.status !== 204) throw await session.failure(response, action);
  discard(response);
}

function locationOf(response: HttpResponse): URL {
  return targetOf(response, response.url.protocol === 'http:');
}

function nextLocation(response: HttpResponse, upload: Upload): URL {
  return response.headers.location === undefined ? upload.location : locationOf(response);
}

/** `Range: 0-N`: N + 1 bytes are there. Nothing and `0-0` may both mean an empty upload. */
function offsetOf(response: HttpResponse): number | undefined {
  const end = /^(?:bytes=)?0-(\d+)$/.exec(String(response.headers['range'] ?? ''))?.[1];
  if (end === undefined) return undefined;
  return end === '0' ? 0 : Number(end) + 1;
}
