import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { afterEach, before } from 'node:test';
import { needs } from '../helpers/capabilities';
import { fetchText } from '../helpers/fetch-text';
import { nodeInContainer } from '../helpers/node-container';
import { testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';
import { words } from '../helpers/words';

const skip = needs('tun');
const network = uniqueName('net');
const server = uniqueName('server');
const SERVE = 'mkdir /w; echo here >/w/index.html; exec httpd -f -v -p 80 -h /w';

const ECHO = `const s = require("dgram").createSocket("udp6");
  s.on("message", (m, { port, address: a }) => s.send(m + " from " + a.replace("::ffff:", ""), port, a)).bind(82);`;

before(() => runTspod(['network', 'create', '--ipv6', network]));
afterEach(() => runTspod(['rm', '-f', '-t', '0', '--ignore', server]));

async function serve(options: string[], script = SERVE): Promise<number> {
  await runTspod(['run', '-d', '--name', server, '-p', '80', ...options, 'busybox', 'sh', '-c', script]);
  return hostPort('80');
}

async function hostPort(port: string): Promise<number> {
  const { stdout } = await runTspod(['port', server, port]);
  return Number(/:(\d+)$/m.exec(stdout)?.[1]);
}

/** Processes of this test's user that are called so, and belong to this test's home. */
function processes(word: string): number[] {
  const place = testHome().runtime;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const line = commandLine(pid);
      return line.includes(word) && line.includes(place);
    })
    .map(Number);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function ownAddress(family: 'IPv4' | 'IPv6'): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find((each) => each.family === family && !each.internal && !each.address.startsWith('fe80'))?.address;
}

test('nothing is left when the last container has gone', skip, async () => {
  await runTspod(['run', '--rm', '--network', network, 'busybox', 'true']);
  const run = join(testHome().runtime, 'tspod');
  // it takes the interfaces away when nobody waits for it any more
  await waitFor('the end of netd', () => processes('netd').length === 0);
  for (const name of ['netd.sock', 'netd']) assert.ok(!existsSync(join(run, name)), name);
});

test('netd and the way out come back when they are killed, and connections go on', skip, async () => {
  const port = await serve(['--network', network]);
  await waitFor('the server', async () => (await fetchText(port)) === 'here\n');
  // its standard input stays open: else it would hang up first
  const listen = 'mkfifo /f; exec 3<>/f; nc -l -p 81 <&3 | wc -c';
  const talk = runTspod(words`run --rm --name ${server}-b --network ${network} busybox sh -c ${listen}`);
  const listens = 'grep -q ":0051 .* 0A " /proc/net/tcp /proc/net/tcp6 && echo yes';
  await waitFor('the listener', async () => (await inside(`${server}-b`, listens)) === 'yes\n');
  const send = 'until [ -e /stop ]; do echo 123456789; echo >>/sent; sleep 0.1; done';
  const sent = runTspod(['exec', server, 'sh', '-c', `(${send}) | nc ${server}-b 81`]);
  const lines = async (): Promise<number> => Number(await inside(server, 'cat /sent | wc -l'));
  await waitFor('netd', () => processes('tspod-netd').length === 1);
  for (const word of ['tspod-netd', 'tap0']) {
    const before = await waitFor('the traffic', lines);
    const [pid = 0] = processes(word);
    process.kill(pid, 'SIGKILL');
    await waitFor(`another ${word}`, () => processes(word).some((other) => other !== pid));
    await waitFor('the server', async () => (await fetchText(port)) === 'here\n');
    await waitFor('more traffic', async () => (await lines()) > before);
  }
  await inside(server, 'touch /stop');
  await sent;
  assert.equal((await talk).stdout, `${(await lines()) * 10}\n`);
});

/** What a script in a container prints, whatever becomes of it. */
async function inside(name: string, script: string): Promise<string> {
  return (await runTspod(['exec', name, 'sh', '-c', script], { expectCode: null })).stdout;
}

test('a monitor that is killed takes its container out of the networks', skip, async () => {
  const port = await serve(['--network', network]);
  await waitFor('the server', async () => (await fetchText(port)) === 'here\n');
  const { stdout } = await runTspod(['inspect', server, '--format', '{{.State.ConmonPid}}']);
  process.kill(Number(stdout), 'SIGKILL');
  await waitFor('the end of the port', async () => (await fetchText(port)) === undefined);
  await waitFor('the end of netd', () => processes('netd').length === 0);
});

for (const [kind, options, helper] of [
  ['a network', [network], undefined],
  ['slirp4netns', ['slirp4netns'], undefined],
  ['pasta', ['pasta'], 'pasta'],
] as const) {
  test(`--network-rate limits ${kind}`, helper ? needs('tun', helper) : skip, async () => {
    const script = `mkdir /w; head -c 1500000 /dev/zero >/w/index.html; ${SERVE.replace(/.*; /, '')}`;
    const port = await serve(['--network', ...options, '--network-rate', 'egress=12mbit'], script);
    await waitFor('the server', () => answers(port));
    const start = performance.now();
    // what comes from the loopback of the host does not pass pasta's interface
    const size = await download(port, ownAddress('IPv4') ?? '127.0.0.1');
    const seconds = (performance.now() - start) / 1000;
    assert.ok(size >= 1_500_000, `${size} bytes`);
    // one second at that rate, but for the burst that is let through
    assert.ok(seconds > 0.7, `${seconds} s`);
  });
}

for (const [kind, limit] of [
  ['slirp4netns', needs('tun')],
  ['pasta', needs('tun', 'pasta')],
] as const) {
  test(`--network-rate limits what comes to a container by ${kind}`, limit, async () => {
    const options = ['--network', kind, '--network-rate', 'ingress=12mbit'];
    // its standard input stays open: else it would hang up first, and pasta of 2023 forgets what comes then
    const port = await serve(options, 'sleep 600 | nc -l -p 80 | head -c 1500000 | wc -c');
    const script = 'grep -q :0050 /proc/net/tcp /proc/net/tcp6 && echo listens';
    await waitFor('the server', async () => (await inside(server, script)) === 'listens\n');
    const start = performance.now();
    const socket = connect({ port, host: ownAddress('IPv4') ?? '127.0.0.1' });
    socket.on('error', () => undefined);
    socket.write(Buffer.alloc(1_500_000));
    await waitFor('all of it', async () => (await runTspod(['logs', server])).stdout === '1500000\n');
    const seconds = (performance.now() - start) / 1000;
    socket.destroy();
    assert.ok(seconds > 0.7, `${seconds} s`);
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('HEAD / HTTP/1.0\r\n\r\n'));
    socket.on('data', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
  });
}

function download(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let size = 0;
    const socket = connect({ port, host }, () => socket.write('GET / HTTP/1.0\r\n\r\n'));
    socket.on('data', (data) => (size += data.length));
    socket.on('error', reject);
    socket.on('close', () => resolve(size));
  });
}

test('published ports keep the address of clients of IPv6, and of UDP', skip, async () => {
  const port = await serve(
    ['--network', network, '-p', '82/udp', ...nodeInContainer],
    `/node -e '${ECHO}' & ${SERVE}`,
  );
  const six = ownAddress('IPv6');
  if (six !== undefined) {
    await waitFor('the server', async () => (await fetchText(port, six)) === 'here\n');
    const { stdout, stderr } = await runTspod(['logs', server]);
    assert.ok(`${stdout}${stderr}`.includes(six), `${stdout}${stderr}`);
  }
  const four = ownAddress('IPv4');
  const datagrams = await hostPort('82/udp');
  // a client of the loopback is seen as the network's gateway
  assert.match(await echo(datagrams, '::1'), /^hello from fd/);
  if (six !== undefined) assert.equal(await echo(datagrams, six), `hello from ${six}`);
  const answer = await echo(datagrams, four ?? '127.0.0.1');
  assert.match(answer, /^hello from 1/);
  if (four !== undefined) assert.equal(answer, `hello from ${four}`);
});

/** What comes back of a datagram, from the address that it was sent to. */
async function echo(port: number, host: string): Promise<string> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  let heard = '';
  socket.on('message', (data) => (heard = data.toString()));
  socket.connect(port, host);
  await once(socket, 'connect');
  try {
    await waitFor('the echo', () => {
      socket.send('hello', () => undefined);
      return heard !== '';
    });
  } finally {
    socket.close();
  }
  return heard;
}

test('a thousand ports are published by one small process', skip, async () => {
  const ports = ['-p', '127.0.0.1:21000-21999:1000-1999'];
  await runTspod(['run', '-d', '--name', server, '--network', network, ...ports, 'busybox', 'sleep', '60']);
  const [pid = 0] = processes('tspod-netd');
  const kilobytes = Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]);
  assert.ok(kilobytes > 0 && kilobytes < 4000, `${kilobytes} KB`);
  const { stdout } = await runTspod(['port', server, '1999']);
  assert.equal(stdout, '127.0.0.1:21999\n');
});

test('a port in use at one address names the process that has it', skip, async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const at = ['--network', network, '-p', `127.0.0.1:${port}:80`];
  const { stderr } = await runTspod(['run', '--rm', ...at, 'busybox', 'true'], { expectCode: 125 });
  holder.close();
  assert.match(stderr, new RegExp(`in use by ".+" \\(process ${process.pid}\\)`));
});
