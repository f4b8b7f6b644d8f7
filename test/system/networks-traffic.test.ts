import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import test, { afterEach, before } from 'node:test';
import { needs } from '../helpers/capabilities';
import { fetchText } from '../helpers/fetch-text';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

const skip = needs('tun');
const [web, db, closed] = [uniqueName('web'), uniqueName('db'), uniqueName('closed')];
const server = uniqueName('server');
/** Says who it is, and who asked. */
const SERVE = 'mkdir /w; hostname >/w/index.html; exec httpd -f -v -p 80 -h /w';

before(async () => {
  await runTspod(['network', 'create', '--ipv6', web]);
  await runTspod(['network', 'create', db]);
  await runTspod(['network', 'create', '--internal', closed]);
});

/** What a container on these networks prints. */
async function ask(networks: string[], script: string): Promise<string> {
  const options = networks.flatMap((network) => ['--network', network]);
  return (await runTspod(['run', '--rm', ...options, 'busybox', 'sh', '-c', script], { expectCode: null }))
    .stdout;
}

/** Waits until the server answers to a container of this network. */
function answers(network: string): Promise<unknown> {
  return waitFor('the answer', async () => (await ask([network], `wget -qO- http://${server}/`)) === 'srv\n');
}

async function serve(...options: string[]): Promise<string> {
  const { stdout } = await runTspod([
    ...['run', '-d', '--name', server, '--hostname', 'srv', ...options],
    ...['busybox', 'sh', '-c', SERVE],
  ]);
  await waitFor('the server', async () => {
    const { code } = await runTspod(['exec', server, 'wget', '-qO-', 'http://127.0.0.1/'], {
      expectCode: null,
    });
    return code === 0;
  });
  return stdout.trim();
}

async function inspect(template: string): Promise<string> {
  return (await runTspod(['inspect', server, '--format', template])).stdout.trim();
}

const stop = (): Promise<unknown> => runTspod(['rm', '-f', '-t', '0', '--ignore', server]);

afterEach(stop);

test('containers find each other by name, short id and alias, over IPv4 and IPv6', skip, async () => {
  const id = await serve('--network', `${web}:alias=first`, '--network-alias', 'second');
  for (const name of [server, id.slice(0, 12), 'first', 'second'])
    assert.equal(await ask([web], `wget -qO- http://${name}/`), 'srv\n', name);
  const four = await inspect(`{{(index .NetworkSettings.Networks "${web}").IPAddress}}`);
  const six = await inspect(`{{(index .NetworkSettings.Networks "${web}").GlobalIPv6Address}}`);
  assert.match(six, /^fd/);
  assert.equal(await ask([web], `wget -qO- 'http://[${six}]/'`), 'srv\n');
  const answers = await ask([web], `nslookup ${server}; nslookup ${four}`);
  for (const text of [four, six, `name = ${server}`]) assert.ok(answers.includes(text), answers);
});

test('networks are apart from each other, and an internal one has no way out', skip, async () => {
  await serve('--network', web);
  const address = await inspect(`{{(index .NetworkSettings.Networks "${web}").IPAddress}}`);
  const get = `wget -qO- http://${address}/`;
  const reach = `timeout 3 ${get} || echo refused`;
  assert.equal(await ask([web], get), 'srv\n');
  assert.equal(await ask([db], reach), 'refused\n');
  assert.equal(await ask([closed], reach), 'refused\n');
  assert.equal(await ask([db], `nslookup ${server} >/dev/null || echo unknown`), 'unknown\n');
  assert.equal(await ask([closed], 'ip route | grep -c default'), '0\n');
  assert.equal(await ask([db, web], get), 'srv\n');
});

test('a published port keeps the address of the client', skip, async () => {
  const own = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  await serve('--network', web, '-p', '80');
  const port = Number(/:(\d+)$/m.exec((await runTspod(['port', server, '80'])).stdout)?.[1]);
  await waitFor('the server', async () => (await fetchText(port)) === 'srv\n');
  if (own !== undefined) {
    assert.equal(await fetchText(port, own), 'srv\n');
    const { stdout, stderr } = await runTspod(['logs', server]);
    assert.ok(`${stdout}${stderr}`.includes(own), `${stdout}${stderr}`);
  }
  await stop();
  assert.equal(await fetchText(port), undefined);
});

test('connect and disconnect work while a container runs, and last over a restart', skip, async () => {
  await serve('--network', db);
  await runTspod(['network', 'connect', '--alias', 'extra', web, server]);
  assert.equal(await ask([web], 'wget -qO- http://extra/'), 'srv\n');
  assert.equal(await ask([db], `wget -qO- http://${server}/`), 'srv\n');
  const again = await runTspod(['network', 'connect', web, server], { expectCode: 125 });
  assert.match(again.stderr, /already connected to network/);
  await runTspod(['network', 'disconnect', db, server]);
  assert.equal(await ask([db], `nslookup ${server} >/dev/null || echo unknown`), 'unknown\n');
  assert.equal((await runTspod(['exec', server, 'sh', '-c', 'ip -o link | grep -c eth'])).stdout, '1\n');
  await runTspod(['restart', '-t', '0', server]);
  await answers(web);
  assert.equal(await ask([web], 'wget -qO- http://extra/'), 'srv\n');
  const { stdout } = await runTspod(['exec', server, 'cat', '/etc/hosts']);
  assert.equal(stdout.split('\n').filter((line) => line.includes(server)).length, 2);
});

test('a connect that cannot be done changes nothing', skip, async () => {
  await serve('--network', db);
  const before = await inspect('{{json .NetworkSettings.Networks}}');
  for (const options of [
    ['--ip', '10.1.2.3'],
    ['--mac-address', 'bad'],
  ])
    await runTspod(['network', 'connect', ...options, web, server], { expectCode: 125 });
  await runTspod(['network', 'connect', 'nosuch', server], { expectCode: 125 });
  assert.equal(await inspect('{{json .NetworkSettings.Networks}}'), before);
  assert.equal(await ask([db], `wget -qO- http://${server}/`), 'srv\n');
});

test('addresses, MAC and names last over stop and start', skip, async () => {
  await serve('--network', `${web}:interface_name=lan0`);
  const networks = '{{json .NetworkSettings.Networks}}';
  const before = await inspect(networks);
  const link = await runTspod(['exec', server, 'ip', '-o', 'addr', 'show', 'lan0']);
  await runTspod(['stop', '-t', '0', server]);
  assert.equal(await ask([web], `nslookup ${server} >/dev/null || echo unknown`), 'unknown\n');
  await runTspod(['start', server]);
  await answers(web);
  assert.equal(await inspect(networks), before);
  assert.equal(await ask([web], `wget -qO- http://${server}/`), 'srv\n');
  const own = (text: string): string[] => text.match(/inet6? (?!fe80)\S+/g) ?? [];
  const after = await runTspod(['exec', server, 'ip', '-o', 'addr', 'show', 'lan0']);
  assert.deepEqual(own(after.stdout), own(link.stdout));
});

test('a running container keeps its static address from others', skip, async () => {
  await runTspod(['network', 'create', '--subnet', '10.213.77.0/24', `${db}-s`]);
  await serve('--network', `${db}-s:ip=10.213.77.9,mac=02:00:00:00:77:09`);
  const { stderr } = await runTspod(
    ['run', '--rm', '--network', `${db}-s:ip=10.213.77.9`, 'busybox', 'true'],
    {
      expectCode: 126,
    },
  );
  assert.match(stderr, new RegExp(`10.213.77.9 is already allocated to container "${server}"`));
  assert.match(await ask([`${db}-s:ip=10.213.77.10`], 'ip -o -4 addr show eth0'), /10\.213\.77\.10\/24/);
  await runTspod(['network', 'rm', '-f', '-t', '0', `${db}-s`]);
});

test('a container that joins the network of another has its addresses and names', skip, async () => {
  await serve('--network', web);
  const { stdout } = await runTspod([
    ...['run', '--rm', '--network', `container:${server}`, 'busybox'],
    ...['sh', '-c', `wget -qO- http://localhost/; grep -c ${server} /etc/hosts`],
  ]);
  assert.equal(stdout, 'srv\n2\n');
});

test('another name of a running container is known at once', skip, async () => {
  await serve('--network', web);
  await runTspod(['rename', server, `${server}-b`]);
  assert.equal(await ask([web], `wget -qO- http://${server}-b/`), 'srv\n');
  await runTspod(['rename', `${server}-b`, server]);
});

test('many containers start at once on one network, and all find each other', skip, async () => {
  const names = Array.from({ length: 8 }, () => uniqueName('many'));
  await Promise.all(
    names.map((name) => runTspod(['run', '-d', '--name', name, '--network', web, 'busybox', 'sleep', '600'])),
  );
  const script = names.map((name) => `nslookup ${name} >/dev/null || echo ${name}`).join('; ');
  const missing = await Promise.all(names.map((name) => runTspod(['exec', name, 'sh', '-c', script])));
  assert.deepEqual(
    missing.map(({ stdout }) => stdout),
    names.map(() => ''),
  );
  const { stdout } = await runTspod(['network', 'inspect', web, '--format', '{{json .Containers}}']);
  const found = new Set([...stdout.matchAll(/"ipnet":"(10[^"]*)"/g)].map(([, address]) => address));
  assert.equal(found.size, names.length);
  await runTspod(['rm', '-f', '-t', '0', ...names]);
});
