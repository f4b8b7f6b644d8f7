import { TspodError } from '../../lib/errors';
import { digestOf } from '../../store/digest';
import { mediaTypes } from '../../store/media-types';
import { mediaTypeOf, notJson, discard, readAll } from './response-text';
import type { HttpResponse } from './exchange';
import type { RepositoryCalls } from './repository';
import type { ManifestHead, RemoteManifest } from './types';

const accepted = [
  mediaTypes.oci.manifest,
  mediaTypes.v2s2.manifest,
  mediaTypes.oci.list,
  mediaTypes.v2s2.list,
  // a registry that has nothing else sends it, and it can be refused by name
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
];
const schema1 = /^application\/vnd\.docker\.distribution\.manifest\.v1\+/;
const sha256Pattern = /^sha256:[0-9a-f]{64}$/;

/** `Repository.manifest`. Further error `unsupported`: a manifest of Docker's schema 1. */
export function getManifest(calls: RepositoryCalls, reference: string): Promise<RemoteManifest> {
  const action = `reading manifest ${reference} in ${calls.label}`;
  return calls.session.retry(async () => {
    const response = await ask(calls, 'GET', reference);
    if (response.status !== 200) throw await calls.session.failure(response, action);
    const bytes = await readAll(response, `${action}: the manifest`);
    const mediaType = manifestType(response, bytes, action);
    return { bytes, mediaType, digest: checkDigest(response, bytes, { reference, action }) };
  });
}

/** `Repository.headManifest`: GET where the answer to HEAD lacks the digest. */
export async function headManifest(
  calls: RepositoryCalls,
  reference: string,
): Promise<ManifestHead | undefined> {
  const action = `looking for manifest ${reference} in ${calls.label}`;
  const head = await calls.session.retry(async () => {
    const response = await ask(calls, 'HEAD', reference);
    discard(response);
    if (response.status === 404) return 'none';
    if (response.status !== 200) throw await calls.session.failure(response, action);
    const digest = digestHeader(response) ?? (sha256Pattern.test(reference) ? reference : undefined);
    const size = Number(response.headers['content-length'] ?? NaN);
    if (digest === undefined || !Number.isSafeInteger(size)) return undefined;
    return { digest, mediaType: mediaTypeOf(response), size };
  });
  if (head === 'none') return undefined;
  if (head !== undefined) return head;
  const { bytes, digest, mediaType } = await getManifest(calls, reference);
  return { digest, mediaType, size: bytes.length };
}

/** `Repository.putManifest`. Error `invalid`: what answers is no registry, or has something else now. */
export function putManifest(
  calls: RepositoryCalls,
  reference: string,
  { bytes, mediaType }: { bytes: Buffer; mediaType: string },
): Promise<void> {
  const action = `writing manifest ${reference} to ${calls.label}`;
  return calls.session.retry(async () => {
    const response = await calls.session.request({
      method: 'PUT',
      target: targetOf(calls, reference),
      headers: { 'content-type': mediaType, 'content-length': String(bytes.length) },
      body: () => bytes,
      scopes: calls.scopes,
      isCommit: true,
    });
    const own = digestHeader(response);
    // a web server answers 200 to everything
    if (![201, 202].includes(response.status) && (response.status !== 200 || own === undefined))
      throw await calls.session.failure(response, action);
    discard(response);
    if (own === undefined || own === digestOf(bytes)) return;
    throw new TspodError('invalid', `${action}: sent ${digestOf(bytes)}, the registry has ${own}`, {
      hint: 'the registry, or something on the way to it, altered the manifest',
    });
  });
}

/** `Repository.deleteManifest`. */
export function deleteManifest(calls: RepositoryCalls, digest: string): Promise<void> {
  return calls.session.retry(async () => {
    const target = targetOf(calls, digest);
    const response = await calls.session.request({ method: 'DELETE', target, scopes: calls.scopes });
    if (response.status !== 202 && response.status !== 200)
      throw await calls.session.failure(response, `deleting manifest ${digest} in ${calls.label}`);
    discard(response);
  });
}

function ask(calls: RepositoryCalls, method: string, reference: string): Promise<HttpResponse> {
  const headers = { accept: accepted.join(', ') };
  return calls.session.request({ method, target: targetOf(calls, reference), headers, scopes: calls.scopes });
}

function targetOf({ path }: RepositoryCalls, reference: string): string {
  return `/v2/${path}/manifests/${reference}`;
}

/** Of the header where it names a type of manifests or artifacts, else of the manifest itself. */
function manifestType(response: HttpResponse, bytes: Buffer, action: string): string {
  const header = mediaTypeOf(response);
  if (schema1.test(header)) throw schema1Error(action);
  const isVague = ['', 'text/plain', 'application/json', 'application/octet-stream'].includes(header);
  if (!isVague && header !== 'text/html') return header;
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw notJson(response, `${action}: the answer`, bytes);
  }
  const { mediaType, manifests, schemaVersion } = (parsed ?? {}) as Record<string, unknown>;
  if (schemaVersion === 1) throw schema1Error(action);
  if (typeof mediaType === 'string') return mediaType;
  return Array.isArray(manifests) ? mediaTypes.oci.list : mediaTypes.oci.manifest;
}

function schema1Error(action: string): TspodError {
  return new TspodError(
    'unsupported',
    `${action}: it is a Docker manifest of schema 1, which is not supported`,
    {
      hint: 'push the image again with a tool of the last years',
    },
  );
}

function digestHeader(response: HttpResponse): string | undefined {
  const header = response.headers['docker-content-digest'];
  return typeof header === 'string' && sha256Pattern.test(header) ? header : undefined;
}

/** The digest of what came; it has to be the one that was asked for, and the one that the registry says. */
function checkDigest(
  response: HttpResponse,
  bytes: Buffer,
  { reference, action }: { reference: string; action: string },
): string {
  const digest = digestOf(bytes);
  const wanted = reference.includes(':') ? reference : digestHeader(response);
  if (wanted === undefined || wanted === digest) return digest;
  const [algorithm = '', hex] = wanted.split(':');
  if (algorithm === 'sha512' && sha512(bytes) === hex) return digest;
  throw new TspodError('invalid', `${action}: expected digest ${wanted}, got ${digest}`, {
    hint: 'the registry, or something on the way to it, altered the manifest',
  });
}

function sha512(bytes: Buffer): string {
  return process.getBuiltinModule('node:crypto').createHash('sha512').update(bytes).digest('hex');
}
