import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { storeRoot } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

interface Inspected {
  subnets: { subnet: string }[];
  network_interface: string;
}

async function inspect(name: string): Promise<Inspected> {
  const { stdout } = await runTspod(['network', 'inspect', name]);
  return (JSON.parse(stdout) as [Inspected])[0];
}

test('networks that are made at the same time have addresses and bridges of their own', async () => {
  const names = Array.from({ length: 6 }, () => uniqueName('net'));
  await Promise.all(names.map((name) => runTspod(['network', 'create', '--ipv6', name])));
  const made = await Promise.all(names.map(inspect));
  const unique = (values: string[]): number => new Set(values).size;
  assert.equal(unique(made.map((network) => network.network_interface)), names.length);
  assert.equal(unique(made.flatMap(({ subnets }) => subnets.map(({ subnet }) => subnet))), names.length * 2);
  await runTspod(['network', 'rm', ...names]);
});

test('of two that make one network one is told that it exists', async () => {
  const name = uniqueName('net');
  const codes = await Promise.all(
    [1, 2].map(async () => (await runTspod(['network', 'create', name], { expectCode: null })).code),
  );
  assert.deepEqual(codes.sort(), [0, 125]);
  await runTspod(['network', 'create', '--ignore', name]);
  await runTspod(['network', 'exists', name]);
  const { stdout } = await runTspod(['network', 'rm', name]);
  assert.equal(stdout, `${name}\n`);
  await runTspod(['network', 'exists', name], { expectCode: 1 });
});

test('a network with containers stays, and they are named; with --force they go first', async () => {
  const [network, container] = [uniqueName('net'), uniqueName()];
  await runTspod(['network', 'create', network]);
  await runTspod(['create', '--name', container, '--network', network, 'busybox', 'true']);
  const { stderr } = await runTspod(['network', 'rm', network], { expectCode: 2 });
  assert.match(stderr, new RegExp(`"${network}" has associated containers with it: ${container}`));
  assert.doesNotMatch((await runTspod(['network', 'prune', '--force'])).stdout, new RegExp(network));
  await runTspod(['network', 'rm', '--force', '--time', '0', network]);
  await runTspod(['container', 'exists', container], { expectCode: 1 });
});

test('the default network is there without a file, and stays', async () => {
  const { stdout } = await runTspod(['network', 'ls', '--filter', 'name=^podman$', '--noheading']);
  assert.match(stdout, /^2f259bab93aa +podman +bridge\n$/);
  const { stderr } = await runTspod(['network', 'rm', 'podman'], { expectCode: 125 });
  assert.match(stderr, /default network podman cannot be removed/);
});

const BAD: [string, string[], RegExp][] = [
  ['a missing network', ['--network', 'nosuch'], /unable to find network with name or ID nosuch/],
  ['an address outside', ['--network', 'bridge:ip=10.1.2.3'], /10.1.2.3 not in any subnet on network podman/],
  ['the address of the gateway', ['--network', 'bridge', '--ip', '10.88.0.1'], /the gateway's/],
  [
    'an address without bridge',
    ['--network', 'host', '--ip', '10.88.0.5'],
    /only be set when the network mode is bridge/,
  ],
  [
    'a rate without network',
    ['--network', 'none', '--network-rate', '1mbit'],
    /needs a network of the container's own/,
  ],
  [
    'a rate of the host',
    ['--network', 'host', '--network-rate', '1mbit'],
    /needs a network of the container's own/,
  ],
  [
    'a rate that the container may lift',
    ['--network', 'bridge', '--network-rate', '1mbit', '--cap-add', 'NET_ADMIN'],
    /--network-rate and the capability NET_ADMIN cannot be used together/,
  ],
  ['a rate that is none', ['--network-rate', '10MB'], /invalid network rate "10MB"/],
];

for (const [what, options, message] of BAD) {
  test(`create refuses ${what}, and makes nothing`, async () => {
    const name = uniqueName();
    const { stderr, code } = await runTspod(['create', '--name', name, ...options, 'busybox', 'true'], {
      expectCode: null,
    });
    assert.ok(code === 125 || code === 126);
    assert.match(stderr, message);
    await runTspod(['container', 'exists', name], { expectCode: 1 });
  });
}

test('nothing is left behind by commands that were refused', () => {
  const root = storeRoot();
  assert.deepEqual(readdirSync(join(root, 'tmp')), []);
});
