import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { startFaultServer } from '../helpers/fault-server';
import { registryUser, startRegistry } from '../helpers/registry';
import { withClient } from '../helpers/registry-context';
import { startSocksServer } from '../helpers/socks-server';

test('a registry behind a proxy', async () => {
  const registry = await startRegistry({ tls: true });
  const plain = await startFaultServer();
  plain.addManifest('a', { schemaVersion: 2 }, { tag: 'v1' });
  const seen: string[] = [];
  const [, port = ''] = registry.host.split(':');
  const proxy = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['proxy-authorization']}`);
    void fetch(`${plain.url}${new URL(request.url ?? '').pathname}`).then(async (answer) => {
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(await answer.text());
    });
  });
  proxy.on('connect', (request, socket) => {
    seen.push(`CONNECT ${request.url}`);
    const onward = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = `http://me:secret@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const env = { HTTPS_PROXY: address, http_proxy: address };
  await withClient(async (client) => {
    await client
      .source('registry.invalid/a')
      .tags()
      .catch((error: unknown) => {
        assert.match(String(error), /repository name not known/);
      });
    assert.ok(seen.includes('CONNECT registry.invalid:443'));
  }, env);
  await withClient(
    async (client) => {
      await client.source('plain.invalid/a').manifest('v1');
      assert.match(seen.join('\n'), /GET http:\/\/plain\.invalid\/v2\/a\/manifests\/v1 Basic bWU6c2VjcmV0/);
    },
    { http_proxy: address },
  );
  proxy.closeAllConnections();
  proxy.close();
});

test('a proxy that refuses is named, and cannot speak for the registry', async () => {
  const proxy = createServer();
  proxy.on('connect', (_request, socket) => {
    const challenge = 'Www-Authenticate: Bearer realm="https://thief.invalid/token"';
    socket.end(`HTTP/1.1 401 Who\u0007are you\r\n${challenge}\r\nContent-Length: 0\r\n\r\n`);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  await withClient(
    async (client) => {
      const options = { tlsVerify: true, credentials: registryUser };
      await assert.rejects(client.source('registry.invalid/a', options).tags(), {
        code: 'network',
        message: `pinging container registry registry.invalid: the proxy ${host} does not connect to registry.invalid: 401 Who are you`,
      });
    },
    { HTTPS_PROXY: `http://${host}` },
  );
  proxy.closeAllConnections();
  proxy.close();
});

for (const proxy of ['http://127.0.0.1:1', 'https://127.0.0.1:1']) {
  test(`a proxy that is down is named: ${proxy}`, () =>
    withClient(
      async (client) => {
        const source = client.source('registry.invalid/a', { tlsVerify: true, retry: 0 });
        await assert.rejects(source.tags(), {
          code: 'network',
          message:
            'pinging container registry registry.invalid: contacting https://registry.invalid through the proxy 127.0.0.1:1: connection refused',
          hint: 'check the proxy of the environment, or add the registry to NO_PROXY',
        });
      },
      { HTTPS_PROXY: proxy },
    ));
}

test('a registry with TLS behind a SOCKS proxy', async () => {
  const registry = await startRegistry({ tls: true });
  const proxy = await startSocksServer({ port: Number(registry.host.split(':')[1]) });
  await withClient(
    async (client) => {
      client.configure(
        'certs.d/localhost.test/ca.crt',
        readFileSync(registry.certificates?.ca ?? '', 'utf8'),
      );
      const options = { tlsVerify: true, retry: 0 };
      await assert.rejects(client.source('localhost.test/a', options).tags(), /it belongs to another host/);
      await assert.rejects(client.source('localhost.test/a').tags(), /repository name not known/);
      assert.deepEqual([...new Set(proxy.asked)], ['- localhost.test:443']);
    },
    { ALL_PROXY: `socks5://${proxy.host}` },
  );
  proxy.stop();
});

test('a certificate is verified behind a proxy too', async () => {
  const registry = await startRegistry({ tls: true });
  const proxy = createServer();
  proxy.on('connect', (_request, socket) => {
    const onward = connect(Number(registry.host.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const env = { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  await withClient(async (client) => {
    const folder = join(client.ctx.home, 'certificates');
    mkdirSync(folder);
    const options = { tlsVerify: true, certDir: folder };
    await assert.rejects(
      client.source('localhost.invalid/a', options).tags(),
      /is not accepted: it is signed by/,
    );
    copyFileSync(registry.certificates?.ca ?? '', join(folder, 'ca.crt'));
    for (const host of ['localhost.invalid', '192.0.2.1']) {
      await assert.rejects(client.source(`${host}/a`, options).tags(), {
        message: /is not accepted: it belongs to another host$/,
        hint: 'use the name that the certificate is for; --tls-verify=false verifies nothing',
      });
    }
  }, env);
  proxy.closeAllConnections();
  proxy.close();
});
