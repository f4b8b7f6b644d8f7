import { createHash, randomUUID } from 'node:crypto';
import { createServer as createPlain } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { after } from 'node:test';
import type { Certificates } from './certificates';
import { answerNormally } from './memory-registry';
import { sendAnswer } from './fault-answer';
import type { FaultAnswer } from './fault-answer';

/** A request as it came. */
export interface FaultRequest {
  method: string;
  /** Path and query. */
  url: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** What is answered instead of the truth. */
export interface Fault {
  /** Any method by default. */
  method?: string;
  /** Of the path with its query. */
  path: RegExp | string;
  /** How often; always by default. */
  times?: number;
  /** `normal` is what would have been answered; undefined as an answer means just that. */
  answer: FaultAnswer | ((request: FaultRequest, normal: FaultAnswer) => FaultAnswer | undefined);
}

/** What a repository of the server has. */
export interface MemoryRepository {
  /** By digest, and by tag the digest. */
  manifests: Map<string, { bytes: Buffer; mediaType: string }>;
  tags: Map<string, string>;
  blobs: Map<string, Buffer>;
  /** By upload id. */
  uploads: Map<string, Buffer>;
}

/** A registry in memory that can be told to fail. */
export interface FaultServer {
  /** `127.0.0.1:PORT`. */
  host: string;
  url: string;
  /** All requests until now. */
  requests: FaultRequest[];
  /** Made when it is asked for. */
  repository(path: string): MemoryRepository;
  addBlob(path: string, bytes: Buffer): string;
  /** Adds a manifest, and a tag for it; answers its digest. */
  addManifest(
    path: string,
    manifest: object | Buffer,
    options?: { tag?: string; mediaType?: string },
  ): string;
  /** The newest fault that fits counts. */
  fault(fault: Fault): void;
  /** Forgets faults and requests. */
  clear(): void;
  /** Idempotent; also done at the end of the test file. */
  stop(): Promise<void>;
}

const running = new Set<FaultServer>();

after(async () => {
  for (const server of running) await server.stop();
});

/** Starts a registry in memory on a free port of the loopback device, with TLS where certificates are given. */
export async function startFaultServer(certificates?: Certificates): Promise<FaultServer> {
  const repositories = new Map<string, MemoryRepository>();
  const requests: FaultRequest[] = [];
  let faults: (Fault & { left: number })[] = [];
  const repository = (path: string): MemoryRepository => {
    const known = repositories.get(path) ?? emptyRepository();
    repositories.set(path, known);
    return known;
  };
  const answerTo = (request: FaultRequest): FaultAnswer => {
    const fault = faults.find(
      ({ method, path, left }) =>
        left > 0 &&
        (method ?? request.method) === request.method &&
        (typeof path === 'string' ? request.url.split('?')[0] === path : path.test(request.url)),
    );
    if (fault !== undefined) fault.left -= 1;
    if (fault !== undefined && typeof fault.answer !== 'function') return fault.answer;
    const normal = answerNormally(request, { repository, all: repositories });
    return fault === undefined || typeof fault.answer !== 'function'
      ? normal
      : (fault.answer(request, normal) ?? normal);
  };
  const server = listener(
    (request, response) => void serve(request, response, { requests, answerTo }),
    certificates,
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const faultServer: FaultServer = {
    host,
    url: `${certificates === undefined ? 'http' : 'https'}://${host}`,
    requests,
    repository,
    addBlob(path, bytes) {
      const digest = sha256(bytes);
      repository(path).blobs.set(digest, bytes);
      return digest;
    },
    addManifest(path, manifest, { tag, mediaType } = {}) {
      const bytes = Buffer.isBuffer(manifest) ? manifest : Buffer.from(JSON.stringify(manifest));
      const digest = sha256(bytes);
      const own = Buffer.isBuffer(manifest) ? undefined : (manifest as { mediaType?: string }).mediaType;
      const type = mediaType ?? own ?? 'application/vnd.oci.image.manifest.v1+json';
      repository(path).manifests.set(digest, { bytes, mediaType: type });
      if (tag !== undefined) repository(path).tags.set(tag, digest);
      return digest;
    },
    fault(fault) {
      faults = [{ ...fault, left: fault.times ?? Infinity }, ...faults];
    },
    clear() {
      faults = [];
      requests.length = 0;
    },
    async stop() {
      if (!running.delete(faultServer)) return;
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  running.add(faultServer);
  return faultServer;
}

/** `sha256:...` of bytes. */
export function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** A new upload's id. */
export function uploadId(): string {
  return randomUUID();
}

function emptyRepository(): MemoryRepository {
  return { manifests: new Map(), tags: new Map(), blobs: new Map(), uploads: new Map() };
}

function listener(handler: RequestListener, certificates: Certificates | undefined) {
  if (certificates === undefined) return createPlain(handler);
  const { certificate, key } = certificates;
  return createSecure({ cert: readFileSync(certificate), key: readFileSync(key) }, handler);
}

interface Serving {
  requests: FaultRequest[];
  answerTo(request: FaultRequest): FaultAnswer;
}

async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  { requests, answerTo }: Serving,
): Promise<void> {
  const { method = '', url = '', headers } = incoming;
  const request: FaultRequest = { method, url, headers, body: Buffer.alloc(0) };
  requests.push(request);
  const parts: Buffer[] = [];
  try {
    for await (const part of incoming) parts.push(part as Buffer);
  } catch {
    return; // the client went away
  }
  request.body = Buffer.concat(parts);
  await sendAnswer(response, answerTo(request));
}
