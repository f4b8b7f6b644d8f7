import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { needs } from '../helpers/capabilities';
import { testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

const skip = needs('tun', 'pasta');

/** All networks of this file go out by pasta, and find the machine's loopback at its gateway's address (pasta(1)). */
before(() => {
  const folder = join(testHome().home, '.config/containers');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'containers.conf'),
    '[network]\ndefault_rootless_network_cmd = "pasta"\npasta_options = ["--map-gw"]\n',
  );
});

/** pasta of this file's netd. */
function pasta(): number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        return /pasta/.test(words) && words.includes(testHome().runtime) && words.includes('netd/netns');
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Of the default route (/proc/net/route, in this machine's order of bytes). */
function hostGateway(): string | undefined {
  const routes = readFileSync('/proc/net/route', 'utf8');
  const hex = /^\S+\t0{8}\t([0-9A-F]{8})\t/m.exec(routes)?.[1];
  return hex === undefined || hex === '00000000' ? undefined : Buffer.from(hex, 'hex').reverse().join('.');
}

test('pasta is the way out of networks, and is started again when it is killed', skip, async (t) => {
  const gateway = hostGateway();
  if (gateway === undefined) return t.skip('this machine has no default route');
  const [network, client] = [uniqueName('pasta'), uniqueName()];
  const server = createServer((_request, response) => response.end('from the machine'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ask = ['exec', client, 'timeout', '2', 'wget', '-qO-', `http://${gateway}:${port}/`];
  const answers = async (): Promise<boolean> =>
    (await runTspod(ask, { expectCode: null })).stdout === 'from the machine';
  try {
    await runTspod(['network', 'create', '--ipv6', network]);
    await runTspod(['run', '-d', '--name', client, '--network', network, 'busybox', 'sleep', '600']);
    await waitFor('the server', answers);
    const [pid = 0] = pasta();
    process.kill(pid, 'SIGKILL');
    await waitFor('another pasta', () => pasta().some((each) => each !== pid));
    await waitFor('the server again', answers);
  } finally {
    server.close();
    await runTspod(['rm', '-f', '-t', '0', '--ignore', client]);
  }
  await waitFor('the end of pasta', () => pasta().length === 0);
  assert.ok(!existsSync(join(testHome().runtime, 'tspod/netd')));
});
