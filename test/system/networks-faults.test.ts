import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { needs } from '../helpers/capabilities';
import { fetchText } from '../helpers/fetch-text';
import { testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

const skip = needs('tun');
const [network, server, client] = [uniqueName('net'), uniqueName('server'), uniqueName('client')];
let port = 0;

/** Processes of this file's own netd, by a word of their command lines. */
function processes(word: string): number[] {
  const { runtime } = testHome();
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      const isDead = /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
      return !isDead && words.includes(runtime) && words.includes(word) ? [Number(pid)] : [];
    } catch {
      return [];
    }
  });
}

const netd = (): number[] => processes('tspod-netd');
const helper = (): number[] => processes('netd/netns');

async function inContainer(script: string): Promise<string> {
  return (await runTspod(['exec', client, 'sh', '-c', script], { expectCode: null })).stdout;
}

/** Bytes of the answers so far. */
const flood = async (): Promise<number> => Number(await inContainer('wc -c </flood'));

/** By name inside, and from the host by the published port. */
async function works(): Promise<void> {
  await waitFor('the name', async () => (await inContainer(`wget -qO- http://${server}/`)) === 'up\n');
  await waitFor('the port', async () => (await fetchText(port)) === 'up\n');
}

const run = (name: string, ...rest: string[]): Promise<unknown> =>
  runTspod(['run', '-d', '--name', name, '--network', network, ...rest]);

before(async () => {
  if (skip.skip !== undefined) return;
  await runTspod(['network', 'create', '--ipv6', network]);
  await run(
    server,
    '-p',
    '127.0.0.1::80',
    'busybox',
    'sh',
    '-c',
    'mkdir /w; echo up >/w/index.html; exec httpd -f -p 80 -h /w',
  );
  await run(client, 'busybox', 'sleep', '1000');
  port = Number(/:(\d+)$/m.exec((await runTspod(['port', server, '80'])).stdout)?.[1]);
});

test('killed while traffic flows, netd comes back with names, ports and addresses', skip, async () => {
  await works();
  const addresses = await inContainer('ip -o addr show eth0 | grep -v fe80 | cut -d: -f2-');
  await runTspod([
    'exec',
    '-d',
    client,
    'sh',
    '-c',
    `while :; do wget -qO- http://${server}/ >>/flood; done`,
  ]);
  await waitFor('the traffic', async () => (await flood()) > 30);
  for (let round = 0; round < 3; round++) {
    const [pid = 0] = await waitFor('netd', () => (netd().length === 1 ? netd() : undefined));
    process.kill(pid, 'SIGKILL');
    await waitFor('another netd', () => !netd().includes(pid) && netd().length === 1);
    const seen = await flood();
    await waitFor('the traffic again', async () => (await flood()) > seen + 30);
    await works();
  }
  assert.equal(await inContainer('ip -o addr show eth0 | grep -v fe80 | cut -d: -f2-'), addresses);
});

test('killed, the helper of the network comes back', skip, async () => {
  const [pid = 0] = await waitFor('the helper', () => (helper().length > 0 ? helper() : undefined));
  process.kill(pid, 'SIGKILL');
  await waitFor('another helper', () => !helper().includes(pid) && helper().length > 0);
  await works();
});

test('a container whose monitor is killed leaves its network, the others stay', skip, async () => {
  const name = uniqueName('killed');
  await run(name, 'busybox', 'sleep', '1000');
  const monitor = Number((await runTspod(['inspect', name, '--format', '{{.State.ConmonPid}}'])).stdout);
  process.kill(monitor, 'SIGKILL');
  await waitFor(
    'the name to go',
    async () => (await inContainer(`nslookup ${name} >/dev/null || echo gone`)) === 'gone\n',
  );
  await works();
  await runTspod(['rm', '-f', '-t', '0', name]);
});

test('a server that is restarted is found again at once', skip, async () => {
  await runTspod(['restart', '-t', '0', server]);
  assert.equal(await inContainer(`nslookup ${server} >/dev/null || echo unknown`), '');
  await works();
});

test('with the last container netd ends, and nothing is left', skip, async () => {
  assert.equal(netd().length, 1);
  await runTspod(['rm', '-f', '-t', '0', server, client]);
  await waitFor('the end of netd and its helper', () => netd().length + helper().length === 0);
  const left = readdirSync(join(testHome().runtime, 'tspod')).filter((name) => /^netd(\.sock|$)/.test(name));
  assert.deepEqual(left, []);
});
