import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import test, { after } from 'node:test';
import { startFaultServer } from '../../../helpers/fault-server';
import { withClient } from '../../../helpers/registry-context';
import { collect } from '../../../helpers/registry-context';
import { startSocksServer } from '../../../helpers/socks-server';
import type { SocksSetup } from '../../../helpers/socks-server';

const registry = await startFaultServer();
const blob = Buffer.alloc(300_000, 'layer');
const digest = registry.addBlob('a', blob);
registry.addManifest('a', { schemaVersion: 2 }, { tag: 'v1' });
const port = Number(registry.host.split(':')[1]);

/** Runs a test with a proxy in ALL_PROXY. */
async function withProxy(
  setup: Omit<SocksSetup, 'port'> & { shown?: string },
  run: (reach: (host: string) => Promise<void>, asked: string[], host: string) => Promise<void>,
): Promise<void> {
  const proxy = await startSocksServer({ ...setup, port });
  const account = setup.shown === undefined ? '' : `${setup.shown}@`;
  await withClient(
    async (client) => {
      const reach = async (host: string): Promise<void> => {
        const source = client.source(`${host}/a`, { retry: 0 });
        await source.manifest('v1');
        assert.deepEqual(await collect((await source.blob(digest)).stream), blob);
      };
      await run(reach, proxy.asked, proxy.host);
    },
    { ALL_PROXY: `socks5://${account}${proxy.host}` },
  );
  proxy.stop();
}

test('a registry is reached through a SOCKS proxy, which resolves its name', () =>
  withProxy({}, async (reach, asked) => {
    await reach('registry.invalid:5000');
    assert.ok(asked.includes('- registry.invalid:5000'), asked.join());
  }));

test('addresses are handed to a SOCKS proxy as such', () =>
  withProxy({}, async (reach, asked) => {
    await reach('192.0.2.7:5000');
    assert.ok(asked.includes('- 192.0.2.7:5000'), asked.join());
    await reach('[2001:db8::5]:80');
    const wanted = [0x20, 0x01, 0x0d, 0xb8, ...Array<number>(11).fill(0), 5].join('.');
    assert.ok(asked.includes(`- ${wanted}:80`), asked.join());
  }));

test('an account in the address of a SOCKS proxy is shown to it', () =>
  withProxy({ account: 'me:s p', shown: 'me:s%20p' }, async (reach, asked) => {
    await reach('registry.invalid');
    assert.ok(asked.includes('me:s p registry.invalid:80'), asked.join());
  }));

const refusals: [string, Parameters<typeof withProxy>[0], string][] = [
  ['wants an account', { account: 'a:b' }, 'it wants an account'],
  ['does not accept the account', { account: 'a:b', shown: 'a:secret' }, 'it does not accept the account'],
  ['may not connect', { status: 2 }, 'its rules do not allow it'],
  ['is refused itself', { status: 5 }, 'connection refused'],
];

for (const [name, setup, reason] of refusals) {
  test(`a SOCKS proxy that ${name} is named`, () =>
    withProxy(setup, async (reach, _, host) => {
      await assert.rejects(reach('registry.invalid'), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'network');
        const end = `the proxy ${host} does not connect to registry.invalid:80: ${reason}`;
        assert.ok(error.message.endsWith(end), error.message);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      });
    }));
}

const web = createServer((socket) => {
  socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n');
});
await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
after(() => web.close());

for (const [name, address, reason] of [
  ['speaks another protocol', `127.0.0.1:${(web.address() as AddressInfo).port}`, 'it is not a SOCKS proxy'],
  ['is down', '127.0.0.1:1', 'connection refused'],
] as const) {
  test(`a SOCKS proxy that ${name} is named`, () =>
    withClient(
      async (client) => {
        await assert.rejects(
          client.source('registry.invalid/a', { retry: 0 }).manifest('v1'),
          new RegExp(`the proxy ${address} does not connect to registry.invalid:\\d+: ${reason}`),
        );
      },
      { HTTPS_PROXY: `socks5h://${address}`, HTTP_PROXY: `socks5h://${address}` },
    ));
}
