import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import { createSpaceGuard } from '../../store/layer/space-guard';
import { writeFully } from '../../sys/file-io';
import { shownAddress } from './shown-address';
import { makeConnections } from '../registry/connections';
import { exchangeFollowing } from '../registry/redirect';
import type { HttpResponse } from '../registry/exchange';
import { discard } from '../registry/response-text';
import { defaultTimeouts } from '../registry/timeouts';
import { makeTrust } from '../registry/trust';

/** What came from an address. */
export interface DownloadedFile {
  /** `sha256:...` of its content. */
  digest: string;
  /** Bytes. */
  size: number;
  /** From `Content-Disposition`, else the last part of the address; `download` where it has none. */
  name: string;
  /** Seconds since 1970, from `Last-Modified`. */
  modified?: number;
  mediaType: string;
}

/** Where a download goes, and what it needs. */
export interface Download {
  /** The new file. */
  path: string;
  /** Ends it: the reason is then the error. */
  signal?: AbortSignal;
  /** The header of this name; it goes to no other host. */
  authorization?: string;
}

/**
 * Writes what an http or https address answers into a new file. Proxies and SSL_CERT_FILE are honoured. On an error the file
 * may be there in part. Errors: `network`, `not-found`, `denied`, `invalid`.
 */
export async function downloadFile(
  ctx: Context,
  address: string,
  { path, signal, authorization }: Download,
): Promise<DownloadedFile> {
  const url = parseAddress(address);
  try {
    const response = await request(ctx, url, {
      ...(authorization === undefined ? {} : { authorization }),
      ...(signal === undefined ? {} : { signal }),
    });
    const { digest, size } = await save(response, path);
    const modified = Date.parse(response.headers['last-modified'] ?? '');
    return {
      digest,
      size,
      name: nameOf(response, url),
      mediaType: (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
      ...(Number.isNaN(modified) ? {} : { modified: modified / 1000 }),
    };
  } catch (error) {
    signal?.throwIfAborted();
    throw wrapError(`fetching "${shownAddress(url.href)}"`, error);
  }
}

function parseAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new TspodError('usage', `"${address}" is no http or https address`);
}

async function request(
  ctx: Context,
  url: URL,
  { authorization, signal }: Omit<Download, 'path'>,
): Promise<HttpResponse> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (authorization !== undefined) headers['authorization'] = authorization;
  if (url.username !== '') {
    const account = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(account).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  const trust = makeTrust(() => ({ authorities: [], clients: [] }), { verify: true, env: ctx.env });
  const connections = makeConnections(url.host, trust, ctx.env);
  const way = { connections, timeouts: defaultTimeouts, allowsPlain: false };
  const response = await exchangeFollowing(way, {
    ...{ method: 'GET', url, headers },
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.status === 200) return response;
  discard(response);
  const said = `${response.status} ${response.statusMessage}`.trim();
  if (response.status === 404 || response.status === 410) throw new TspodError('not-found', said);
  throw new TspodError(response.status === 401 || response.status === 403 ? 'denied' : 'network', said);
}

async function save(response: HttpResponse, path: string): Promise<{ digest: string; size: number }> {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  const space = createSpaceGuard(dirname(path));
  const file = openSync(path, 'wx', 0o600);
  let size = 0;
  try {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      space.take(chunk.length);
      hash.update(chunk);
      writeFully(file, chunk);
      size += chunk.length;
    }
  } finally {
    closeSync(file);
  }
  const length = response.headers['content-length'];
  if (length !== undefined && Number(length) !== size)
    throw new TspodError('network', `${size} of ${length} bytes came`);
  return { digest: `sha256:${hash.digest('hex')}`, size };
}

/** No part of a path: neither `..` nor what has a slash. */
function nameOf({ headers }: HttpResponse, url: URL): string {
  const quoted = /filename="([^"]*)"/i.exec(headers['content-disposition'] ?? '')?.[1];
  const name = quoted ?? decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
  return /[/\0]/.test(name) || ['', '.', '..'].includes(name) ? 'download' : name;
}
