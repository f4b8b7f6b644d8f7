import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { checkLogin } from '../../src/image/registry/check-login';
import { sha256 } from '../helpers/fault-server';
import { collect, withClient } from '../helpers/registry-context';
import { registryUser, startRegistry } from '../helpers/registry';
import type { Repository } from '../../src/image/registry/types';

const bytes = Buffer.alloc(2_500_000, 'bytes of a layer');
const blob = {
  digest: sha256(bytes),
  size: bytes.length,
  async *open(from: number): AsyncGenerator<Buffer> {
    await Promise.resolve();
    yield bytes.subarray(from);
  },
};
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** Pushes and pulls one blob and a manifest. */
async function goThereAndBack(target: Repository, source: Repository): Promise<void> {
  await target.putBlob(blob);
  assert.equal(await target.hasBlob(blob.digest), bytes.length);
  const config = {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    digest: blob.digest,
    size: blob.size,
  };
  const manifest = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers: [] }),
  );
  await target.putManifest('v1', manifest, manifestType);
  const read = await source.manifest('v1');
  assert.deepEqual(read, { bytes: manifest, mediaType: manifestType, digest: sha256(manifest) });
  assert.deepEqual((await source.manifest(read.digest)).bytes, manifest);
  assert.deepEqual(await source.tags(), ['v1']);
  const part = await source.blob(blob.digest, 1_000_000);
  assert.equal(part.from, 1_000_000);
  assert.deepEqual(await collect(part.stream), bytes.subarray(1_000_000));
}

test("Debian's docker-registry without TLS", async () => {
  const registry = await startRegistry();
  await withClient(async (client) => {
    const name = `${registry.host}/some/thing`;
    await goThereAndBack(client.target(name), client.source(name));
    const second = client.target(`${registry.host}/other`);
    assert.equal(await second.mountBlob(blob.digest, 'some/thing'), true);
    assert.equal(await second.mountBlob(sha256(Buffer.from('no')), 'some/thing'), false);
    await assert.rejects(client.source(`${registry.host}/no/thing`).manifest('v1'), {
      code: 'not-found',
      message: `reading manifest v1 in ${registry.host}/no/thing: manifest unknown`,
    });
  });
});

test("Debian's docker-registry with TLS", async (t) => {
  const registry = await startRegistry({ tls: true });
  const name = `${registry.host}/a`;
  const certificates = registry.certificates;
  assert.ok(certificates);
  await t.test('is not trusted, and the message says the cure', () =>
    withClient(async (client) => {
      await assert.rejects(
        client.source(name, { tlsVerify: true }).manifest('v1'),
        (error: Error & { hint?: string }) => {
          assert.match(
            error.message,
            /the certificate of 127\S+ is not accepted: it is signed by an authority that is not trusted$/,
          );
          assert.match(error.hint ?? '', /certs\.d\/127\S+\/ca\.crt.*--cert-dir.*--tls-verify=false/);
          return true;
        },
      );
      assert.deepEqual(client.said, []);
    }),
  );
  await t.test('is trusted with its authority in certs.d, or in --cert-dir', () =>
    withClient(async (client) => {
      client.configure(`certs.d/${registry.host}/ca.crt`, readFileSync(certificates.ca, 'utf8'));
      await goThereAndBack(
        client.target(name, { tlsVerify: true }),
        client.source(name, { tlsVerify: true }),
      );
      const folder = join(client.ctx.home, 'certificates');
      mkdirSync(folder);
      await assert.rejects(client.source(name, { tlsVerify: true, certDir: folder }).tags(), /not accepted/);
      copyFileSync(certificates.ca, join(folder, 'any.crt'));
      await client.source(name, { tlsVerify: true, certDir: folder }).tags();
    }),
  );
  for (const variable of ['SSL_CERT_FILE', 'SSL_CERT_DIR']) {
    await t.test(`is trusted with its authority in ${variable}`, async () => {
      const value = variable === 'SSL_CERT_FILE' ? certificates.ca : `/nowhere:${dirname(certificates.ca)}`;
      await withClient(async (client) => void (await client.source(name, { tlsVerify: true }).tags()), {
        [variable]: value,
      });
    });
  }
  await t.test('is reached with --tls-verify=false, and with insecure in registries.conf', () =>
    withClient(async (client) => {
      await client.source(name).tags();
      client.configure('registries.conf', `[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`);
      const [source] = client.sources(name);
      await source?.tags();
    }),
  );
  await t.test('belongs to another host', () =>
    withClient(async (client) => {
      const folder = join(client.ctx.home, 'certificates');
      mkdirSync(folder);
      copyFileSync(certificates.ca, join(folder, 'ca.crt'));
      const port = registry.host.split(':')[1];
      await assert.rejects(
        client.source(`127.0.0.2:${port}/a`, { tlsVerify: true, certDir: folder, retry: 0 }).tags(),
        /it belongs to another host|connection refused/,
      );
    }),
  );
});

test("Debian's docker-registry that asks for a client certificate", async () => {
  const registry = await startRegistry({ tls: true, clientCertificate: true });
  const { certificates } = registry;
  assert.ok(certificates);
  await withClient(async (client) => {
    const folder = join(client.ctx.home, 'certificates');
    mkdirSync(folder);
    copyFileSync(certificates.ca, join(folder, 'ca.crt'));
    const options = { tlsVerify: true, certDir: folder };
    await assert.rejects(
      client.source(`${registry.host}/a`, options).tags(),
      /TLS with 127\S+: .*certificate/,
    );
    copyFileSync(certificates.clientCertificate, join(folder, 'me.cert'));
    writeFileSync(join(folder, 'me.key'), 'no key');
    await assert.rejects(client.source(`${registry.host}/a`, options).tags(), {
      code: 'invalid',
      message: /certificates\/me\.cert" and the key beside it cannot be used: /,
    });
    copyFileSync(certificates.clientKey, join(folder, 'me.key'));
    await goThereAndBack(
      client.target(`${registry.host}/a`, options),
      client.source(`${registry.host}/a`, options),
    );
  });
});

test("Debian's docker-registry with htpasswd", async () => {
  const registry = await startRegistry({ auth: 'htpasswd' });
  await withClient(async (client) => {
    const name = `${registry.host}/a`;
    await assert.rejects(client.source(name).manifest('v1'), {
      code: 'denied',
      hint: `tspod login ${registry.host}`,
    });
    const options = { credentials: registryUser };
    await goThereAndBack(client.target(name, options), client.source(name, options));
    const auth = Buffer.from(`${registryUser.username}:${registryUser.password}`).toString('base64');
    writeFileSync(join(client.ctx.home, 'my.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }));
    await client.source(name, { authFile: join(client.ctx.home, 'my.json') }).tags();
    await assert.rejects(
      checkLogin(client.ctx, registry.host, {
        tlsVerify: false,
        credentials: { username: 'ada', password: 'no' },
      }),
      { code: 'denied' },
    );
  });
});

test("Debian's docker-registry with a token server", async () => {
  const registry = await startRegistry({ auth: 'token' });
  const { tokens } = registry;
  assert.ok(tokens);
  await withClient(async (client) => {
    const options = { credentials: registryUser };
    await goThereAndBack(
      client.target(`${registry.host}/a`, options),
      client.source(`${registry.host}/a`, options),
    );
    tokens.behaviour.field = 'access_token';
    await client.target(`${registry.host}/public/x`, options).mountBlob(blob.digest, 'a');
    await client.source(`${registry.host}/public/x`).hasBlob(blob.digest);
    await assert.rejects(client.source(`${registry.host}/a`).manifest('v1'), { code: 'denied' });
    const auth = Buffer.from('ada:').toString('base64');
    const entry = { auth, identitytoken: tokens.identityToken };
    client.configure('auth.json', JSON.stringify({ auths: { [registry.host]: entry } }));
    await client.source(`${registry.host}/a`).manifest('v1');
    assert.equal(tokens.requests.at(-1)?.method, 'POST');
    const wrong = { username: 'ada', password: 'wrong' };
    await assert.rejects(checkLogin(client.ctx, registry.host, { tlsVerify: false, credentials: wrong }), {
      code: 'denied',
    });
  });
});

test('an upload to docker-registry survives a broken connection', async () => {
  const registry = await startRegistry();
  // a relay that breaks the first connection which carries more than a megabyte
  const [host = '', port = ''] = registry.host.split(':');
  let isBroken = false;
  const { createServer: createRelay } = await import('node:net');
  const relay = createRelay((socket) => {
    const onward = connect(Number(port), host);
    let carried = 0;
    socket.on('error', () => onward.destroy()).on('close', () => onward.destroy());
    onward.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    onward.pipe(socket);
    socket.on('data', (data) => {
      onward.write(data);
      carried += data.length;
      if (carried < 1_000_000 || isBroken) return;
      isBroken = true;
      onward.end(() => socket.destroy());
    });
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  await withClient(async (client) => {
    const opened: number[] = [];
    const open = (from: number) => {
      opened.push(from);
      return blob.open(from);
    };
    const name = `127.0.0.1:${(relay.address() as AddressInfo).port}/a`;
    await client.target(name, { retryDelay: 100 }).putBlob({ ...blob, open });
    // this registry forgets an upload whose piece was not complete
    assert.deepEqual(opened, [0, 0]);
    assert.equal(await client.source(name).hasBlob(blob.digest), bytes.length);
  });
  relay.close();
});
