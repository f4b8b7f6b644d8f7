import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { needs } from '../helpers/capabilities';
import { fetchText } from '../helpers/fetch-text';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

const page = 'echo page >/index.html; exec httpd -f -h /';

test('the default network of a container of root reaches the machine', needs('tun'), async () => {
  const server = createServer((_request, response) => response.end('from the machine'));
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const address = `http://host.containers.internal:${port}/`;
    const { stdout } = await runTspod(['run', '--rm', 'busybox', 'wget', '-q', '-O', '-', address]);
    assert.equal(stdout, 'from the machine');
  } finally {
    server.close();
  }
});

test(
  'containers of root on one network find each other by name, and a port is published',
  needs('tun'),
  async () => {
    const [network, server, lonely] = [uniqueName('net'), uniqueName('web'), uniqueName()];
    await runTspod(['network', 'create', network]);
    const options = ['--name', server, '--network', network, '-p', '127.0.0.1::80'];
    await runTspod(['run', '-d', ...options, 'busybox', 'sh', '-c', page]);
    const { stdout: port } = await runTspod(['port', server, '80']);
    await waitFor('the page through the published port', async () => {
      return (await fetchText(Number(port.trim().split(':')[1]))) === 'page\n';
    });
    const get = ['busybox', 'timeout', '10', 'wget', '-q', '-O', '-', `http://${server}/`];
    assert.equal((await runTspod(['run', '--rm', '--network', network, ...get])).stdout, 'page\n');
    await runTspod(['run', '--name', lonely, '--network', 'none', ...get], { expectCode: 1 });
    await runTspod(['rm', '--force', '--time', '0', server, lonely]);
    await runTspod(['network', 'rm', network]);
  },
);
