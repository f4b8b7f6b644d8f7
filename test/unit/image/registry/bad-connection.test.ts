import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { answers } from '../../../helpers/fault-answer';
import { startFaultServer } from '../../../helpers/fault-server';
import type { FaultServer } from '../../../helpers/fault-server';
import { collect, withClient } from '../../../helpers/registry-context';
import type { RegistryClient } from '../../../helpers/registry-context';

const server = await startFaultServer();
const blob = Buffer.alloc(200_000, 'layer');
const digest = server.addBlob('a/b', blob);
const manifest = { schemaVersion: 2, config: {}, layers: [] };
server.addManifest('a/b', manifest, { tag: 'latest' });
const other = await startFaultServer();

/** Runs a test with no faults left from the one before. */
const withServer = (run: (client: RegistryClient, server: FaultServer) => Promise<void>) => async () => {
  server.clear();
  other.clear();
  await withClient((client) => run(client, server));
};

test(
  'a body is handed over piece by piece, and what its taker throws ends it',
  withServer(async (client) => {
    const source = client.source(`${server.host}/a/b`);
    const pieces: Buffer[] = [];
    await (await source.blob(digest)).stream.each?.((piece) => void pieces.push(piece));
    assert.deepEqual(Buffer.concat(pieces), blob);
    server.fault({ path: /blobs/, answer: (_request, normal) => ({ ...normal, pieces: 1000, pause: 5 }) });
    let count = 0;
    const { stream } = await source.blob(digest);
    const refused = stream.each?.(() => {
      if (++count === 2) throw new Error('no room');
    });
    await assert.rejects(refused ?? Promise.resolve(), /^Error: no room$/);
    assert.equal(count, 2);
  }),
);

test(
  'a truncated blob fails, and may be asked for from where it ended',
  withServer(async (client) => {
    server.fault({
      path: /blobs/,
      times: 1,
      answer: (_request, normal) => ({ ...normal, breakAfter: 70_000 }),
    });
    const source = client.source(`${server.host}/a/b`);
    const first = await source.blob(digest);
    const parts: Buffer[] = [];
    await assert.rejects(async () => {
      for await (const part of first.stream) parts.push(part);
    }, /fetching blob .*: the connection was closed by the other side/);
    const rest = await source.blob(digest, 70_000);
    assert.equal(rest.from, 70_000);
    assert.equal(rest.size, 130_000);
    assert.deepEqual(Buffer.concat([...parts, await collect(rest.stream)]), blob);
  }),
);

test(
  'a registry that ignores ranges says so with from 0',
  withServer(async (client) => {
    server.fault({ path: /blobs/, answer: { body: blob } });
    const { stream, from } = await client.source(`${server.host}/a/b`).blob(digest, 5);
    assert.equal(from, 0);
    assert.deepEqual(await collect(stream), blob);
  }),
);

test(
  'a range that cannot be had leads to the whole blob',
  withServer(async (client) => {
    const { stream, from } = await client.source(`${server.host}/a/b`).blob(digest, blob.length);
    assert.equal(from, 0);
    assert.equal((await collect(stream)).length, blob.length);
  }),
);

test(
  'a range that begins elsewhere is refused',
  withServer(async (client) => {
    server.fault({
      path: /blobs/,
      answer: { status: 206, headers: { 'content-range': 'bytes 7-9/10' }, body: 'abc' },
    });
    await assert.rejects(
      client.source(`${server.host}/a/b`).blob(digest, 5),
      /asked for bytes from 5 on, got them from 7 on/,
    );
  }),
);

test(
  'a reader may stop in the middle of a blob',
  withServer(async (client) => {
    server.fault({ path: /blobs/, answer: { isEndless: true } });
    const { stream } = await client.source(`${server.host}/a/b`).blob(digest);
    for await (const part of stream) {
      assert.ok(part.length > 0);
      break;
    }
  }),
);

test(
  'a redirect to another host takes no credentials along',
  withServer(async (client) => {
    server.fault({
      path: '/v2/',
      answer: (request, normal) =>
        request.headers.authorization === undefined ? answers.unauthorized() : normal,
    });
    server.fault({ path: /blobs/, answer: answers.redirect(`${other.url}/files/layer?signature=1`) });
    other.fault({ path: /files/, answer: { body: blob } });
    const source = client.source(`${server.host}/a/b`, {
      credentials: { username: 'ada', password: 'secret' },
    });
    const { stream } = await source.blob(digest);
    assert.deepEqual(await collect(stream), blob);
    assert.match(server.requests.at(-1)?.headers.authorization ?? '', /^Basic /);
    assert.equal(other.requests.at(-1)?.headers.authorization, undefined);
  }),
);

for (const path of [/blobs/, /manifests/, /^\/v2\/$/]) {
  test(
    `a host that a registry redirects ${String(path)} to cannot ask for credentials`,
    withServer(async (client) => {
      server.fault({
        path: /./,
        answer: ({ url, headers }, normal) => {
          if (path.test(url)) return answers.redirect(`${other.url}${url}`);
          return headers.authorization === undefined ? answers.unauthorized() : normal;
        },
      });
      other.fault({ path: /./, answer: answers.unauthorized(`Bearer realm="${other.url}/token"`) });
      other.fault({ path: /token/, answer: { body: { token: 'abc' } } });
      const credentials = { username: 'ada', password: 'secret' };
      const source = client.source(`${server.host}/a/b`, { credentials, retry: 0 });
      await source.manifest('latest').catch(() => undefined);
      await source.blob(digest).catch(() => undefined);
      assert.notDeepEqual(other.requests, []);
      for (const { url, headers } of other.requests) {
        assert.equal(headers.authorization, undefined);
        assert.doesNotMatch(url, /token/);
      }
    }),
  );
}

test(
  'a redirect within the registry takes them along',
  withServer(async (client) => {
    server.fault({ path: '/v2/', answer: answers.unauthorized() });
    server.fault({ path: /blobs/, answer: answers.redirect('/elsewhere') });
    server.fault({ path: '/elsewhere', answer: { body: blob } });
    const source = client.source(`${server.host}/a/b`, {
      credentials: { username: 'ada', password: 'secret' },
    });
    await collect((await source.blob(digest)).stream);
    assert.match(server.requests.at(-1)?.headers.authorization ?? '', /^Basic /);
  }),
);

test('a registry that is down is named', () =>
  withClient(async (client) => {
    const source = client.source('127.0.0.1:1/a/b', { retry: 1 });
    await assert.rejects(source.manifest('latest'), {
      code: 'network',
      message: 'pinging container registry 127.0.0.1:1: contacting http://127.0.0.1:1: connection refused',
    });
    assert.equal(client.said.length, 1);
  }));

test('a host that does not exist is not asked for again', () =>
  withClient(async (client) => {
    await assert.rejects(
      client.source('no-such-host.invalid/a/b').manifest('latest'),
      /no such host|the name server does not answer/,
    );
  }));

test('something that does not speak HTTP is an error', async () => {
  const noise = createServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-OpenSSH\r\n'));
  await new Promise<void>((resolve) => noise.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(noise.address() as AddressInfo).port}`;
  await withClient(async (client) => {
    await assert.rejects(
      client.source(`${host}/a/b`, { retry: 0 }).manifest('latest'),
      /not HTTP|closed by the other side/,
    );
  });
  noise.close();
});

test(
  'a plain registry is refused where TLS is wanted, with the cure',
  withServer(async (client) => {
    await assert.rejects(
      client.source(`${server.host}/a/b`, { tlsVerify: true }).manifest('latest'),
      (error: Error & { hint?: string }) => {
        assert.match(error.message, /does not speak TLS/);
        assert.match(error.hint ?? '', /--tls-verify=false/);
        return true;
      },
    );
  }),
);

for (const [status, reason] of [
  [404, 'not found'],
  [400, 'the registry answered 400 Bad Request'],
] as const) {
  test(
    `a plain server that answers ${status} is told of by that, not by its lack of TLS`,
    withServer(async (client) => {
      server.fault({ path: /./, answer: { status } });
      await assert.rejects(client.source(`${server.host}/a/b`).manifest('latest'), {
        message: `pinging container registry ${server.host}: ${reason}`,
      });
    }),
  );
}

test(
  'an interrupted request ends with the reason',
  withServer(async (client) => {
    server.fault({ path: /manifests/, answer: { wait: 60_000 } });
    const controller = new AbortController();
    const asked = client.source(`${server.host}/a/b`, { signal: controller.signal }).manifest('latest');
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await assert.rejects(asked, /enough/);
  }),
);
