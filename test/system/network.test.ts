import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { needs } from '../helpers/capabilities';
import { testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';
import { words } from '../helpers/words';

const HELPERS = [
  { network: 'slirp4netns', nameserver: '10.0.2.3', skip: needs('tun') },
  { network: 'pasta', nameserver: '169.254.1.1', skip: needs('tun', 'pasta') },
];

const ANSWER = 'mkdir /w; echo "$0" >/w/index.html; exec httpd -f -p 80 -h /w';

/** What a server answers to `GET /`, without the headers; undefined while nobody answers. */
function fetchText(port: number, host = '127.0.0.1'): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port, host }, () => socket.write('GET / HTTP/1.0\r\n\r\n'));
    socket.setTimeout(2000, () => socket.destroy());
    socket.on('data', (data) => (text += data.toString()));
    socket.on('error', () => resolve(undefined));
    socket.on('close', () => resolve(text === '' ? undefined : text.replace(/^.*?\r\n\r\n/s, '')));
  });
}

/** The host port that was given to a container's port. */
async function hostPort(name: string, port: string): Promise<number> {
  const { stdout } = await runTspod(['port', name, port]);
  return Number(/:(\d+)$/m.exec(stdout)?.[1]);
}

function statusOf(id: string, key: string): number {
  const path = join(testHome().home, `.local/share/tspod/containers/${id}/status`);
  return Number(new RegExp(`^${key}=(\\d+)$`, 'm').exec(readFileSync(path, 'utf8'))?.[1]);
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

for (const { network, nameserver, skip } of HELPERS) {
  test(`${network} publishes a port, also after a restart`, skip, async () => {
    const name = uniqueName();
    await runTspod([
      ...['run', '-d', '--name', name, '--network', network, '-p', '127.0.0.1::80'],
      ...['busybox', 'sh', '-c', ANSWER, name],
    ]);
    const port = await hostPort(name, '80');
    await waitFor('the answer', async () => (await fetchText(port)) === `${name}\n`);
    await runTspod(['restart', '-t', '0', name]);
    await waitFor('the answer after the restart', async () => (await fetchText(port)) === `${name}\n`);
    await runTspod(['rm', '-f', '-t', '0', name]);
    assert.equal(await fetchText(port), undefined);
  });

  test(`${network} asks its own name server first`, skip, async () => {
    const { stdout } = await runTspod(words`run --rm --network ${network} busybox cat /etc/resolv.conf`);
    assert.equal(/^nameserver (.*)$/m.exec(stdout)?.[1], nameserver);
  });

  test(`${network} ends with the monitor, and its port is free again`, skip, async () => {
    const name = uniqueName();
    const options = ['--name', name, '--network', network, '-p', '127.0.0.1::80'];
    const { stdout } = await runTspod(['run', '-d', ...options, 'busybox', 'sh', '-c', ANSWER, name]);
    const id = stdout.trim();
    const port = await hostPort(name, '80');
    await waitFor('the answer', () => fetchText(port));
    const helper = statusOf(id, 'net_pid');
    process.kill(statusOf(id, 'monitor_pid'), 'SIGKILL');
    await waitFor('the end of the network helper', () => !isRunning(helper));
    assert.equal(await fetchText(port), undefined);
    const { stdout: error } = await runTspod(['inspect', '--format', '{{.State.Error}}', name]);
    assert.match(error, /monitor was killed/);
    await runTspod(['rm', name]);
  });
}

test('slirp4netns reaches a server on the host', needs('tun'), async () => {
  const server = createServer((socket) => socket.end('from the host\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const call = `nc 10.0.2.2 ${port} </dev/null || echo closed`;
  const run = (network: string) =>
    runTspod(['run', '--rm', '--network', network, 'busybox', 'sh', '-c', call]);
  try {
    assert.equal((await run('slirp4netns:allow_host_loopback=true')).stdout, 'from the host\n');
    assert.equal((await run('slirp4netns')).stdout, 'closed\n');
  } finally {
    server.close();
  }
});

test('slirp4netns uses the network it is told', needs('tun'), async () => {
  const options = 'slirp4netns:cidr=10.77.0.0/24,mtu=1500';
  const script = 'ip -o -4 addr show dev tap0; cat /sys/class/net/tap0/mtu; cat /etc/resolv.conf';
  const { stdout } = await runTspod(['run', '--rm', '--network', options, 'busybox', 'sh', '-c', script]);
  assert.match(stdout, /inet 10\.77\.0\.100\/24/);
  assert.match(stdout, /^1500$/m);
  assert.match(stdout, /^nameserver 10\.77\.0\.3$/m);
});

test('a container without a network has a loopback and no name servers', async () => {
  const script = 'ip -o link; ip -o addr; ls /etc/resolv.conf';
  const args = ['run', '--rm', '--network', 'none', 'busybox', 'sh', '-c', script];
  const { stdout } = await runTspod(args, { expectCode: null });
  assert.doesNotMatch(stdout, /^2:/m);
  assert.match(stdout, /lo\s+inet 127\.0\.0\.1/);
});

test("a container with the host's network sees the host's interfaces", async () => {
  const { stdout } = await runTspod(['run', '--rm', '--network', 'host', 'busybox', 'cat', '/proc/net/dev']);
  const names = (text: string) => [...text.matchAll(/^\s*([^\s:]+):/gm)].map(([, name]) => name).sort();
  assert.deepEqual(names(stdout), names(readFileSync('/proc/net/dev', 'utf8')));
});

test("a container that joins another's network has its interfaces and host names", needs('tun'), async () => {
  const name = uniqueName();
  await runTspod(['run', '-d', '--name', name, '--add-host', 'db:10.1.1.1', 'busybox', 'sleep', '60']);
  const script = 'ip -o -4 addr show dev tap0; cat /etc/hosts';
  const both = await Promise.all([
    runTspod(['exec', name, 'sh', '-c', script]),
    runTspod(['run', '--rm', '--network', `container:${name}`, 'busybox', 'sh', '-c', script]),
  ]);
  assert.equal(both[1].stdout, both[0].stdout);
  await runTspod(['rm', '-f', '-t', '0', name]);
});

test('hosts and resolv.conf hold what was asked for', async () => {
  const options = [
    ...['--add-host', 'db:10.1.1.1', '--add-host', 'gate:host-gateway', '--hostname', 'box'],
    ...['--dns', '9.9.9.9', '--dns-search', 'a.example', '--dns-option', 'ndots:3'],
  ];
  const script = 'cat /etc/hosts /etc/resolv.conf; hostname';
  const { stdout } = await runTspod(['run', '--rm', ...options, 'busybox', 'sh', '-c', script]);
  assert.match(stdout, /^10\.1\.1\.1\tdb$/m);
  assert.match(stdout, /^[\d.]+\tgate$/m);
  assert.match(stdout, /^[\d.]+\thost\.containers\.internal host\.docker\.internal$/m);
  assert.match(stdout, /^10\.0\.2\.100\tbox .+$/m);
  assert.match(stdout, /^search a\.example\nnameserver 9\.9\.9\.9\noptions ndots:3\nbox\n$/m);
});

test('-P publishes what is exposed, on free ports', needs('tun'), async () => {
  const name = uniqueName();
  await runTspod(['run', '-d', '--name', name, '-P', '--expose', '80', 'busybox', 'sh', '-c', ANSWER, name]);
  const port = await hostPort(name, '80/tcp');
  await waitFor('the answer', async () => (await fetchText(port)) === `${name}\n`);
  await runTspod(['rm', '-f', '-t', '0', name]);
});

test('a port in use is refused, and says which container has it', needs('tun'), async () => {
  const name = uniqueName();
  await runTspod(['run', '-d', '--name', name, '-p', '80', 'busybox', 'sleep', '60']);
  const port = await hostPort(name, '80');
  const { stderr } = await runTspod(['run', '--rm', '-p', `${port}:80`, 'busybox', 'true'], {
    expectCode: 125,
  });
  assert.match(stderr, new RegExp(`${port}/tcp is in use by container "${name}"`));
  await runTspod(['rm', '-f', '-t', '0', name]);
});

const REFUSED: [string, string[], RegExp][] = [
  ['an unknown network', ['--network', 'mine'], /unable to find network with name or ID mine/],
  ['a privileged port', ['-p', '1:80'], /privileged port 1: .*\n.*ip_unprivileged_port_start=1/],
  [
    'an IPv6 address of slirp4netns',
    ['-p', '[::1]::80'],
    /slirp4netns cannot publish .*"::1"\n.*--network pasta/,
  ],
  ['a port published twice', ['-p', '28999:1', '-p', '28999:2'], /28999\/tcp is published twice/],
];
for (const [what, options, message] of REFUSED) {
  test(`${what} is refused, and nothing is left behind`, async () => {
    const args = ['run', '--name', uniqueName(), ...options, 'busybox', 'true'];
    assert.match((await runTspod(args, { expectCode: 125 })).stderr, message);
    assert.equal((await runTspod(['ps', '-aq'])).stdout, '');
  });
}
