import assert from 'node:assert/strict';
import test from 'node:test';
import { needs } from '../helpers/capabilities';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';
import { words } from '../helpers/words';

const sh = (options: readonly string[], script: string) =>
  runTspod(['run', '--rm', ...options, 'busybox', 'sh', '-c', script]);

const slirp: readonly (readonly [string, string, string, RegExp])[] = [
  ['its default address', '', 'ip -4 -o addr show tap0', /10\.0\.2\.100\/24/],
  ['cidr', ':cidr=10.5.0.0/24', 'ip -4 -o addr show tap0', /10\.5\.0\.100\/24/],
  ['mtu', ':mtu=1400', 'ip link show tap0', /mtu 1400/],
  ['port_handler', ':allow_host_loopback=true,port_handler=slirp4netns', 'echo runs', /runs/],
];

for (const [name, options, script, expected] of slirp) {
  test(`slirp4netns: ${name}`, needs('tun'), async () => {
    assert.match((await sh(['--network', `slirp4netns${options}`], script)).stdout, expected);
  });
}

test('slirp4netns: enable_ipv6 gives an address', needs('tun'), async () => {
  const name = uniqueName();
  await runTspod(words`run -d --name ${name} --network slirp4netns:enable_ipv6=true busybox sleep 60`);
  await waitFor('an IPv6 address', async () => {
    const { stdout } = await runTspod(['exec', name, 'ip', '-6', 'addr', 'show', 'tap0']);
    return stdout.includes('fd00::');
  });
  await runTspod(['rm', '-f', '-t', '0', name]);
});

test('pasta passes options on', needs('tun', 'pasta'), async () => {
  assert.match((await sh(['--network', 'pasta:--mtu,1400,-I,eth7'], 'ip link show eth7')).stdout, /mtu 1400/);
});

const files: readonly (readonly [string, readonly string[], string, RegExp])[] = [
  ['--add-host with several names', ['--add-host', 'a;b:1.1.1.1'], '/etc/hosts', /^1\.1\.1\.1\s+a b$/m],
  ['--add-host of an IPv6 address', ['--add-host', 'six:::1'], '/etc/hosts', /^::1\s+six$/m],
  [
    'brackets around it are taken (Podman refuses them)',
    ['--add-host', 'six:[::1]'],
    '/etc/hosts',
    /^::1\s+six$/m,
  ],
  ['--add-host host-gateway', ['--add-host', 'gate:host-gateway'], '/etc/hosts', /^[\d.]+\s.*\bgate\b/m],
  ['its own names', ['--hostname', 'hh', '--name', 'nn'], '/etc/hosts', /\shh nn$/m],
  [
    '--dns',
    ['--dns', '1.1.1.1', '--dns', '8.8.8.8'],
    '/etc/resolv.conf',
    /nameserver 1\.1\.1\.1\nnameserver 8\.8\.8\.8/,
  ],
  ['--dns-search', ['--dns', '1.1.1.1', '--dns-search', 'x.y'], '/etc/resolv.conf', /^search x\.y$/m],
  ['--dns-option', ['--dns', '1.1.1.1', '--dns-option', 'ndots:2'], '/etc/resolv.conf', /^options ndots:2$/m],
];

for (const [name, options, file, expected] of files) {
  test(`${file}: ${name}`, needs('tun'), async () => {
    assert.match((await sh(['--network', 'slirp4netns', ...options], `cat ${file}`)).stdout, expected);
  });
}

test('nonsense of the network options is refused with 125', async () => {
  const wrong = [
    ['--network', 'slirp4netns:bad=x'],
    ['--network', 'slirp4netns:cidr=bad'],
    ['--network', 'slirp4netns:mtu=x'],
    ['--network', 'container:nosuch'],
    ['--add-host', 'bad'],
    ['--add-host', 'a:bad'],
    ['-p', '70000:80'],
    ['-p', '1-2:1-3'],
    ['-p', '1.2.3:80:80'],
    ['-p', '80:80/bad'],
    ['--expose', 'bad'],
  ];
  for (const options of wrong)
    await runTspod(['run', '--rm', ...options, 'busybox', 'true'], { expectCode: 125 });
});

test('a port that is published twice is refused at once (in Podman at the start)', async () => {
  const create = ['create', '-p', '28080:80', '-p', '28080:81', 'busybox', 'true'];
  assert.match((await runTspod(create, { expectCode: 125 })).stderr, /28080\/tcp is published twice/);
});

test('port tells of ranges, UDP and random ports', needs('tun'), async () => {
  const name = uniqueName();
  const publish = ['-p', '127.0.0.1:28091-28092:91-92', '-p', '28093:93/udp', '-p', '127.0.0.1::94'];
  await runTspod(['create', '--name', name, ...publish, '--network', 'slirp4netns', 'busybox', 'true']);
  const { stdout } = await runTspod(['port', name]);
  const lines = stdout.trim().split('\n').sort();
  assert.deepEqual(lines.slice(0, 3), [
    '91/tcp -> 127.0.0.1:28091',
    '92/tcp -> 127.0.0.1:28092',
    '93/udp -> 0.0.0.0:28093',
  ]);
  assert.match(lines[3] ?? '', /^94\/tcp -> 127\.0\.0\.1:\d+$/);
  assert.equal((await runTspod(['port', name, '93/udp'])).stdout, '0.0.0.0:28093\n');
  await runTspod(['port', name, '93'], { expectCode: 125 });
  await runTspod(['rm', name]);
});
