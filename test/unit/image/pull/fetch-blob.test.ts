import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { TspodError } from '../../../../src/lib/errors';
import { fetchBlob, fetchConfig } from '../../../../src/image/pull/fetch-blob';
import { digestHex, digestOf } from '../../../../src/store/digest';
import { partialPath } from '../../../../src/store/partial-blob';
import type { StorePaths } from '../../../../src/store/store-paths';
import { createBufferCollector } from '../../../../src/sys/buffer-collector';

const data = Buffer.alloc(100_000, 'layer');
const folder = mkdtempSync(join(tmpdir(), 'tspod-fetch-'));
const blob = { mediaType: 'application/octet-stream', digest: digestOf(data), size: data.length };

after(() => rmSync(folder, { recursive: true, force: true }));

/** Fetches from a source whose connection breaks after each so many bytes; answers how often it was asked. */
async function fetchInPieces(pieces: number, retry: number): Promise<{ asked: number; path: string }> {
  const partial = mkdtempSync(join(folder, 'partial-'));
  const store = { root: folder, partial, blobs: folder } as StorePaths;
  let asked = 0;
  const source = {
    name: 'tests',
    blob(_digest: string, from = 0) {
      asked++;
      const stream = (async function* () {
        yield await Promise.resolve(data.subarray(from, from + pieces));
        if (from + pieces < data.length) throw new TspodError('network', 'broken');
      })();
      return Promise.resolve({ stream, from, size: undefined });
    },
  };
  const { signal } = new AbortController();
  const told = { have: () => undefined, collect: createBufferCollector(), resumed: () => undefined };
  await fetchBlob(store, blob, { source, signal, retry, retryDelay: 1, ...told }).catch((error: unknown) => {
    throw Object.assign(error as Error, { asked });
  });
  return { asked, path: partialPath(store, digestHex(blob.digest)) };
}

test('fetchBlob() goes on where a connection broke, as long as each brings something', async () => {
  const { asked, path } = await fetchInPieces(10_000, 0);
  assert.equal(asked, 10);
  assert.deepEqual(readFileSync(path), data);
});

test('fetchBlob() gives up when several connections have brought next to nothing', async () => {
  await assert.rejects(fetchInPieces(100, 2), { message: 'broken', asked: 3 });
});

/** Fetches a configuration from connections of which the first `broken` end in the middle; answers how often it was asked for. */
async function fetchConfigOver(broken: number, retry: number): Promise<number> {
  const store = { root: folder, partial: folder, blobs: join(folder, 'none') } as StorePaths;
  let asked = 0;
  const source = {
    name: 'tests',
    blob() {
      asked++;
      const isWhole = asked > broken;
      const stream = (async function* () {
        yield await Promise.resolve(isWhole ? data : data.subarray(0, 10));
        if (!isWhole) throw new TspodError('network', 'broken');
      })();
      return Promise.resolve({ stream, from: 0, size: undefined });
    },
  };
  const { signal } = new AbortController();
  const fetched = fetchConfig(store, blob, { source, signal, retry, retryDelay: 1 });
  const bytes = await fetched.catch((error: unknown) => {
    throw Object.assign(error as Error, { asked });
  });
  assert.deepEqual(bytes, data);
  return asked;
}

test('fetchConfig() asks anew when a connection breaks, so often as it is told to', async () => {
  assert.equal(await fetchConfigOver(2, 2), 3);
  await assert.rejects(fetchConfigOver(3, 2), { message: 'broken', asked: 3 });
});
