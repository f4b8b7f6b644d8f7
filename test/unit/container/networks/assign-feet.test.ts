import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { assignFeet } from '../../../../src/container/networks/assign-feet';
import { networkStatePath, readNetworkState } from '../../../../src/container/networks/network-state';
import { resolveNetworks } from '../../../../src/container/networks/resolve-networks';
import type { ContainerOptions, ContainerRecord } from '../../../../src/container/record';
import type { Context } from '../../../../src/lib/context';
import { createNetwork } from '../../../../src/network/record/create-network';
import type { NetworkAsk } from '../../../../src/network/types';

function withStore(work: (ctx: Context) => void): void {
  const root = mkdtempSync(join(tmpdir(), 'tspod-feet-'));
  const ctx = {
    uid: 1,
    env: {},
    paths: { root, runRoot: root },
    log: () => undefined,
  } as unknown as Context;
  const network = {
    driver: 'bridge',
    gateways: [],
    ranges: [],
    ipv6: false,
    internal: false,
    disableDns: false,
  };
  const rest = { dns: [], labels: {}, options: [], routes: [] };
  try {
    for (const [name, subnets] of [
      ['web', ['10.210.0.0/29', 'fd00:210::/64']],
      ['db', ['10.211.0.0/24']],
    ] as const)
      createNetwork(ctx, { ...network, ...rest, name, subnets });
    work(ctx);
  } finally {
    rmSync(root, { recursive: true });
  }
}

let count = 0;

function container(ctx: Context): ContainerRecord {
  const id = (++count).toString(16).padStart(64, 'a');
  mkdirSync(`${ctx.paths.root}/containers/${id}`, { recursive: true });
  return { id, name: `c${count}` } as ContainerRecord;
}

function ask(name: string, more: Partial<NetworkAsk> = {}): NetworkAsk {
  return { name, addresses: [], aliases: [], ...more };
}

/** As if the start was long ago, and the container has ended. */
function rest(ctx: Context, { id }: ContainerRecord): void {
  utimesSync(networkStatePath(ctx, id), 1, 1);
}

const addresses = (ctx: Context, record: ContainerRecord, ...asks: NetworkAsk[]): string[][] =>
  assignFeet(ctx, record, asks).map(({ foothold }) => foothold.addresses);

test('assignFeet() gives each container addresses of its own in every subnet', () =>
  withStore((ctx) => {
    assert.deepEqual(addresses(ctx, container(ctx), ask('web')), [['10.210.0.2/29', 'fd00:210::2/64']]);
    assert.deepEqual(addresses(ctx, container(ctx), ask('web'), ask('db')), [
      ['10.210.0.3/29', 'fd00:210::3/64'],
      ['10.211.0.2/24'],
    ]);
  }));

test('assignFeet() keeps addresses, MAC and interfaces over restarts', () =>
  withStore((ctx) => {
    const first = container(ctx);
    const second = container(ctx);
    addresses(ctx, first, ask('web'));
    addresses(ctx, second, ask('web'), ask('db', { interface: 'lan0' }));
    const before = readNetworkState(ctx, second.id);
    rest(ctx, first);
    rmSync(`${ctx.paths.root}/containers/${first.id}`, { recursive: true });
    addresses(ctx, second, ask('web'), ask('db', { interface: 'lan0' }));
    assert.deepEqual(readNetworkState(ctx, second.id), before);
    assert.deepEqual(
      before.feet.map((foot) => foot.interface),
      ['eth0', 'lan0'],
    );
  }));

test('a network that is added gets a new interface, the others keep theirs', () =>
  withStore((ctx) => {
    const record = container(ctx);
    addresses(ctx, record, ask('web'));
    const feet = assignFeet(ctx, record, [ask('db'), ask('web')]);
    assert.deepEqual(
      feet.map(({ foothold }) => [foothold.network, foothold.interface]),
      [
        ['db', 'eth1'],
        ['web', 'eth0'],
      ],
    );
  }));

test('assignFeet() refuses an address that a running container has, and tells whose it is', () =>
  withStore((ctx) => {
    const first = container(ctx);
    const asked = ask('web', { addresses: ['10.210.0.5'], mac: '02:00:00:00:00:05' });
    assert.deepEqual(addresses(ctx, first, asked), [['10.210.0.5/29', 'fd00:210::2/64']]);
    assert.throws(() => addresses(ctx, container(ctx), asked), {
      code: 'in-use',
      exitCode: 126,
      message: /requested ip address 10.210.0.5 is already allocated to container/,
    });
    assert.throws(() => addresses(ctx, container(ctx), { ...asked, addresses: [] }), {
      message: /requested mac address 02:00:00:00:00:05 is already allocated/,
    });
    rest(ctx, first);
    assert.deepEqual(addresses(ctx, container(ctx), asked), [['10.210.0.5/29', 'fd00:210::3/64']]);
  }));

test('addresses of containers that do not run are taken last, and then told', () =>
  withStore((ctx) => {
    const all = Array.from({ length: 5 }, () => container(ctx));
    for (const each of all) addresses(ctx, each, ask('web'));
    assert.throws(() => addresses(ctx, container(ctx), ask('web')), {
      code: 'in-use',
      message: /no free address left in 10.210.0.0\/29 of network "web"/,
    });
    const third = all[2] as ContainerRecord;
    rest(ctx, third);
    assert.deepEqual(addresses(ctx, container(ctx), ask('web'))[0]?.[0], '10.210.0.4/29');
  }));

test('assignFeet() names a network that is gone', () =>
  withStore((ctx) => {
    assert.throws(() => addresses(ctx, container(ctx), ask('gone')), {
      code: 'not-found',
      message: /unable to find network with name or ID gone/,
    });
  }));

const options = (...networks: NetworkAsk[]): ContainerOptions =>
  ({ network: { kind: 'bridge', networks } }) as unknown as ContainerOptions;

test('resolveNetworks() knows the default network, and joins what was asked of one network twice', () =>
  withStore((ctx) => {
    const resolved = resolveNetworks(
      ctx,
      options(
        ask(''),
        ask('web', { aliases: ['a'] }),
        ask('web', { addresses: ['10.210.0.3'], aliases: ['b'] }),
      ),
    );
    assert.deepEqual(resolved.network, {
      kind: 'bridge',
      networks: [ask('podman'), ask('web', { addresses: ['10.210.0.3'], aliases: ['a', 'b'] })],
    });
  }));

const BAD: [string, NetworkAsk[], RegExp][] = [
  ['a missing network', [ask('nosuch')], /unable to find network with name or ID nosuch/],
  [
    'an address outside',
    [ask('web', { addresses: ['10.9.9.9'] })],
    /10.9.9.9 not in any subnet on network web/,
  ],
  ['the address of the gateway', [ask('web', { addresses: ['10.210.0.1'] })], /the gateway's/],
  ['the address for broadcasts', [ask('web', { addresses: ['10.210.0.7'] })], /network or broadcast address/],
  [
    'one interface for two networks',
    [ask('web', { interface: 'x0' }), ask('db', { interface: 'x0' })],
    /"x0" is already assigned to another network/,
  ],
];

for (const [what, asks, message] of BAD) {
  test(`resolveNetworks() refuses ${what}`, () =>
    withStore((ctx) => assert.throws(() => resolveNetworks(ctx, options(...asks)), { message })));
}
