import type { FaultAnswer } from './fault-answer';
import { answers } from './fault-answer';
import { sha256, uploadId } from './fault-server';
import type { FaultRequest, MemoryRepository } from './fault-server';

/** Where the repositories are. */
export interface MemoryStore {
  repository(path: string): MemoryRepository;
  all: ReadonlyMap<string, MemoryRepository>;
}

/** What a registry without faults answers: the distribution API, with ranges, mounts and uploads in pieces. */
export function answerNormally(request: FaultRequest, store: MemoryStore): FaultAnswer {
  const { headers, ...answer } = answerOf(request, store);
  return { ...answer, headers: { 'docker-distribution-api-version': 'registry/2.0', ...headers } };
}

function answerOf(request: FaultRequest, store: MemoryStore): FaultAnswer {
  const url = new URL(request.url, 'http://x');
  if (url.pathname === '/v2/' || url.pathname === '/v2') return { body: {} };
  if (url.pathname === '/v2/_catalog') return { body: { repositories: [...store.all.keys()].sort() } };
  const match = /^\/v2\/(.+?)\/(manifests|blobs\/uploads|blobs|tags)\/(.*)$/.exec(url.pathname);
  if (match === null) return answers.error(404, 'NAME_UNKNOWN', 'no such page');
  const [, path = '', kind = '', rest = ''] = match;
  const asked = { request, url, path, rest, repository: store.repository(path), store };
  return (handlers[kind] ?? noSuchPage)(asked);
}

interface Asked {
  request: FaultRequest;
  url: URL;
  path: string;
  rest: string;
  repository: MemoryRepository;
  store: MemoryStore;
}

const handlers: Record<string, (asked: Asked) => FaultAnswer> = {
  manifests: answerManifest,
  blobs: answerBlob,
  'blobs/uploads': answerUpload,
  tags: ({ path, repository }) => ({ body: { name: path, tags: [...repository.tags.keys()] } }),
};

function noSuchPage(): FaultAnswer {
  return answers.error(404, 'UNSUPPORTED', 'no such page');
}

function answerManifest({ request, rest, repository }: Asked): FaultAnswer {
  const digest = rest.startsWith('sha256:') ? rest : repository.tags.get(rest);
  if (request.method === 'PUT') {
    const own = sha256(request.body);
    if (rest.startsWith('sha256:') && rest !== own)
      return answers.error(400, 'DIGEST_INVALID', 'digest invalid');
    const mediaType = request.headers['content-type'] ?? '';
    repository.manifests.set(own, { bytes: request.body, mediaType });
    if (!rest.startsWith('sha256:')) repository.tags.set(rest, own);
    return { status: 201, headers: { 'docker-content-digest': own } };
  }
  const manifest = digest === undefined ? undefined : repository.manifests.get(digest);
  if (manifest === undefined || digest === undefined)
    return answers.error(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
  if (request.method === 'DELETE') {
    repository.manifests.delete(digest);
    return { status: 202 };
  }
  const headers = {
    'content-type': manifest.mediaType,
    'docker-content-digest': digest,
    'content-length': String(manifest.bytes.length),
  };
  return { headers, body: manifest.bytes };
}

function answerBlob({ request, rest, repository }: Asked): FaultAnswer {
  const bytes = repository.blobs.get(rest);
  if (bytes === undefined) return answers.error(404, 'BLOB_UNKNOWN', 'blob unknown to registry');
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from === 0) {
    return {
      headers: { 'docker-content-digest': rest, 'content-length': String(bytes.length) },
      body: bytes,
    };
  }
  if (from >= bytes.length) return { status: 416 };
  const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
  return { status: 206, headers: { 'content-range': range }, body: bytes.subarray(from) };
}

function answerUpload(asked: Asked): FaultAnswer {
  const { request, url, path, rest, repository, store } = asked;
  if (request.method === 'POST') {
    const mount = url.searchParams.get('mount');
    const bytes = store.all.get(url.searchParams.get('from') ?? '')?.blobs.get(mount ?? '');
    if (mount !== null && bytes !== undefined) {
      repository.blobs.set(mount, bytes);
      return { status: 201, headers: { location: `/v2/${path}/blobs/${mount}` } };
    }
    const id = uploadId();
    repository.uploads.set(id, Buffer.alloc(0));
    return progress(path, id, 0);
  }
  const sofar = repository.uploads.get(rest);
  if (sofar === undefined)
    return answers.error(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
  if (request.method === 'GET') return { ...progress(path, rest, sofar.length), status: 204 };
  if (request.method === 'DELETE') {
    repository.uploads.delete(rest);
    return { status: 204 };
  }
  return takeBytes(asked, sofar);
}

function takeBytes({ request, url, path, rest, repository }: Asked, sofar: Buffer): FaultAnswer {
  const start = /^(\d+)-/.exec(request.headers['content-range'] ?? '')?.[1];
  if (start !== undefined && Number(start) !== sofar.length)
    return { ...progress(path, rest, sofar.length), status: 416 };
  const all = Buffer.concat([sofar, request.body]);
  if (request.method === 'PATCH') {
    repository.uploads.set(rest, all);
    return progress(path, rest, all.length);
  }
  const digest = url.searchParams.get('digest') ?? '';
  repository.uploads.delete(rest);
  if (sha256(all) !== digest)
    return answers.error(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
  repository.blobs.set(digest, all);
  return {
    status: 201,
    headers: { location: `/v2/${path}/blobs/${digest}`, 'docker-content-digest': digest },
  };
}

function progress(path: string, id: string, size: number): FaultAnswer {
  return {
    status: 202,
    headers: { location: `/v2/${path}/blobs/uploads/${id}`, range: `0-${Math.max(0, size - 1)}` },
  };
}
