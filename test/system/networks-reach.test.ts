import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { afterEach } from 'node:test';
import { needs } from '../helpers/capabilities';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

const skip = needs('tun');
const SERVE = 'mkdir /w; echo here >/w/index.html; exec httpd -f -p 80 -h /w';
/** Containers that start at once: more of them where the machine is asked for more. */
const CROWD = Number(process.env['TSPOD_NETWORK_CROWD'] ?? 20);
const server = uniqueName('server');

async function makeNetwork(...options: string[]): Promise<string> {
  const name = uniqueName('reach');
  await runTspod(['network', 'create', ...options, name]);
  return name;
}

const serve = (...options: string[]): Promise<unknown> =>
  runTspod(['run', '-d', '--name', server, ...options, 'busybox', 'sh', '-c', SERVE]);

async function fetchFrom(network: string, address: string): Promise<string> {
  const script = `timeout 2 wget -qO- http://${address}/ || echo refused`;
  return (await runTspod(['run', '--rm', '--network', network, 'busybox', 'sh', '-c', script])).stdout;
}

const reaches = (network: string, address: string): Promise<unknown> =>
  waitFor('the server', async () => (await fetchFrom(network, address)) === 'here\n');

async function addressIn(network: string): Promise<string> {
  const template = `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`;
  return (await runTspod(['inspect', server, '--format', template])).stdout.trim();
}

afterEach(() => runTspod(['rm', '-f', '-t', '0', '--ignore', server]));

test('networks with isolate=false reach each other, one that is strict nobody reaches', skip, async () => {
  const [open, other] = [await makeNetwork('-o', 'isolate=false'), await makeNetwork('-o', 'isolate=false')];
  const strict = await makeNetwork('-o', 'isolate=strict');
  await serve('--network', open, '--network', strict);
  await reaches(open, await addressIn(open));
  await reaches(other, await addressIn(open));
  await reaches(strict, await addressIn(strict));
  assert.equal(await fetchFrom(other, await addressIn(strict)), 'refused\n');
});

test('containers use the routes of their network', skip, async () => {
  const range = ['--subnet', '10.213.78.0/24', '--route', '10.213.79.0/24,10.213.78.5'];
  const network = await makeNetwork(...range);
  const router = `ip address add 10.213.79.1/32 dev lo; ${SERVE}`;
  await runTspod([
    ...['run', '-d', '--name', server, '--cap-add', 'NET_ADMIN', '--network', `${network}:ip=10.213.78.5`],
    ...['busybox', 'sh', '-c', router],
  ]);
  await reaches(network, '10.213.79.1');
});

test('a port that is too low for users is refused with what allows it', skip, async (context) => {
  const first = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  if (first < 2) return context.skip('every user may open every port here');
  const network = await makeNetwork();
  const ports = ['--network', network, '-p', '127.0.0.1:1:80'];
  const { stderr } = await runTspod(['run', '--rm', ...ports, 'busybox', 'true'], { expectCode: null });
  assert.match(stderr, /privileged port 1: .*\n.*sudo sysctl net\.ipv4\.ip_unprivileged_port_start=1\b/);
});

test(`${CROWD} containers start at once on one network, and all resolve each other`, skip, async () => {
  const network = await makeNetwork();
  const names = Array.from({ length: CROWD }, () => uniqueName('crowd'));
  const options = ['--network', network, 'busybox', 'sleep', '600'];
  try {
    await Promise.all(names.map((name) => runTspod(['run', '-d', '--name', name, ...options])));
    const script = names.map((name) => `nslookup ${name} >/dev/null || echo ${name}`).join('; ');
    const asked = await Promise.all(names.map((name) => runTspod(['exec', name, 'sh', '-c', script])));
    assert.equal(asked.map(({ stdout }) => stdout).join(''), '');
  } finally {
    await runTspod(['rm', '-f', '-t', '0', '--ignore', ...names]);
  }
});
