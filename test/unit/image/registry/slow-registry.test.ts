import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { ByteStream } from '../../../../src/image/registry/types';
import { makeCertificates } from '../../../helpers/certificates';
import { startFaultServer } from '../../../helpers/fault-server';
import type { FaultServer } from '../../../helpers/fault-server';
import { collect, withClient } from '../../../helpers/registry-context';
import type { RegistryClient } from '../../../helpers/registry-context';

const server = await startFaultServer();
const blob = Buffer.alloc(200_000, 'layer');
const digest = server.addBlob('a/b', blob);
server.addManifest('a/b', { schemaVersion: 2, config: {}, layers: [] }, { tag: 'latest' });

/** Runs a test with no faults left from the one before. */
const withServer = (run: (client: RegistryClient, server: FaultServer) => Promise<void>) => async () => {
  server.clear();
  await withClient((client) => run(client, server));
};

test(
  'a slow registry is given up when nothing comes',
  withServer(async (client) => {
    server.fault({ path: /manifests/, answer: { wait: 60_000 } });
    const source = client.source(`${server.host}/a/b`, { timeouts: { silence: 50 }, retry: 0 });
    await assert.rejects(source.manifest('latest'), /no answer within 0.05s$/);
  }),
);

test(
  'a slow body is waited for as long as something comes',
  withServer(async (client) => {
    server.fault({ path: /blobs/, answer: (_request, normal) => ({ ...normal, pieces: 40_000, pause: 40 }) });
    const source = client.source(`${server.host}/a/b`, { timeouts: { silence: 150 } });
    const { stream } = await source.blob(digest);
    assert.deepEqual(await collect(stream), blob);
  }),
);

test(
  'a slow reader is no silence of the registry',
  withServer(async (client) => {
    const big = Buffer.alloc(4_000_000, 'big');
    const bigDigest = server.addBlob('a/b', big);
    const { stream } = await client
      .source(`${server.host}/a/b`, { timeouts: { silence: 50 } })
      .blob(bigDigest);
    let size = 0;
    for await (const part of stream) {
      if (size === 0) await new Promise((resolve) => setTimeout(resolve, 300));
      size += part.length;
    }
    assert.equal(size, big.length);
  }),
);

test(
  'a body that stops in the middle is given up by who is handed its pieces',
  withServer(async (client) => {
    server.fault({
      path: /blobs/,
      answer: (_request, normal) => ({ ...normal, pieces: 100_000, pause: 5_000 }),
    });
    const { stream } = await client.source(`${server.host}/a/b`, { timeouts: { silence: 100 } }).blob(digest);
    const reading = stream.each?.(() => undefined) ?? Promise.resolve();
    await assert.rejects(reading, /fetching blob sha256:\w+ from .*: nothing came for 0.1s$/);
  }),
);

test(
  'a body that stops in the middle is given up',
  withServer(async (client) => {
    server.fault({
      path: /blobs/,
      answer: (_request, normal) => ({ ...normal, pieces: 100_000, pause: 5_000 }),
    });
    const { stream } = await client.source(`${server.host}/a/b`, { timeouts: { silence: 100 } }).blob(digest);
    await assert.rejects(collect(stream), /fetching blob sha256:\w+ from .*: nothing came for 0.1s$/);
  }),
);

for (const [way, read] of [
  ['iterated', (stream: ByteStream) => collect(stream)],
  ['handed over', (stream: ByteStream) => stream.each?.(() => undefined) ?? Promise.resolve()],
] as const) {
  test(
    `a body that trickles, and is ${way}, is given up`,
    withServer(async (client) => {
      server.fault({ path: /blobs/, answer: (_request, normal) => ({ ...normal, pieces: 3, pause: 20 }) });
      const source = client.source(`${server.host}/a/b`, { timeouts: { silence: 300 } });
      const { stream } = await source.blob(digest);
      const reading = read(stream);
      await assert.rejects(reading, /fetching blob sha256:\w+ from .*: only \d+ bytes came in 0.3s$/);
    }),
  );
}

test('a body that trickles through TLS is given up, a slow one is not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tspod-tls-'));
  const secure = await startFaultServer(makeCertificates(folder));
  secure.addBlob('a/b', blob);
  await withClient(async (client) => {
    const source = client.source(`${secure.host}/a/b`, { timeouts: { silence: 300 } });
    secure.fault({ path: /blobs/, answer: (_request, normal) => ({ ...normal, pieces: 3, pause: 20 }) });
    await assert.rejects(collect((await source.blob(digest)).stream), /only \d+ bytes came in 0.3s$/);
    secure.fault({
      path: /blobs/,
      answer: (_request, normal) => ({ ...normal, pieces: 20_000, pause: 60 }),
    });
    assert.deepEqual(await collect((await source.blob(digest)).stream), blob);
  });
  rmSync(folder, { recursive: true });
});

test(
  'a manifest that trickles is asked for again, and given up',
  withServer(async (client) => {
    server.fault({
      path: /manifests/,
      answer: (_request, normal) => ({ ...normal, pieces: 1, pause: 20 }),
    });
    const source = client.source(`${server.host}/a/b`, { timeouts: { silence: 200 }, retry: 1 });
    await assert.rejects(source.manifest('latest'), /only \d+ bytes came in 0.2s$/);
    assert.equal(client.said.length, 1);
  }),
);

test('headers that trickle are no answer', async () => {
  const trickle = createServer((socket) => {
    socket.on('error', () => undefined).write('HTTP/1.1 200 OK\r\nx: ');
    const timer = setInterval(() => socket.write('x'), 20);
    socket.once('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => trickle.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(trickle.address() as AddressInfo).port}`;
  await withClient(async (client) => {
    const source = client.source(`${host}/a/b`, { timeouts: { silence: 200 }, retry: 0 });
    await assert.rejects(source.manifest('latest'), /no answer within 0.2s$/);
  });
  trickle.close();
});
